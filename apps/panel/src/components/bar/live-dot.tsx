import { useSyncExternalStore } from 'react'
import { type LiveState, liveState, subscribeLiveState } from '../../data/live.ts'
import { t } from '../../i18n/index.ts'

const WORDS: Readonly<Record<LiveState, string>> = {
  connecting: t('Connecting to live updates'),
  live: t('Live updates are on'),
  resync: t('Live updates are on'),
  offline: t('No connection: trying again'),
}

/** Whether what is shown follows the server. */
export function LiveDot() {
  const state = useSyncExternalStore(subscribeLiveState, liveState)
  return (
    <span
      className="live-dot"
      data-state={state === 'resync' ? 'live' : state}
      role="img"
      aria-label={WORDS[state]}
      title={WORDS[state]}
    />
  )
}

/** A sentence across the shell while the server cannot be reached; trees stay as they are (ui 5.9). */
export function OfflineBanner() {
  const state = useSyncExternalStore(subscribeLiveState, liveState)
  if (state !== 'offline') return null
  return (
    <div className="offline" role="status">
      {t('The server does not answer. What you see may be old; trying again.')}
    </div>
  )
}
