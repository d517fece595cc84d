import { IconGlyph } from '@imperal/ui-kit'
import { useSyncExternalStore } from 'react'
import { go } from '../data/navigation.ts'
import { useStore } from '../data/store.ts'
import { type PhoneView, phoneView } from '../data/view.ts'
import { workspace } from '../data/workspace/workspace.ts'
import { t } from '../i18n/index.ts'
import type { Place } from './use-place.ts'

const ENTRIES: readonly { readonly view: PhoneView; readonly label: string; readonly icon: string }[] = [
  { view: 'apps', label: t('Apps'), icon: 'LayoutGrid' },
  { view: 'panel', label: t('Panel'), icon: 'PanelLeft' },
  { view: 'chat', label: t('Chat'), icon: 'MessageSquareText' },
]

// A keyboard on the screen takes at least this share of the window.
const KEYBOARD_SHARE = 0.2

/** Whether the keyboard of a phone covers the lower part of the window. */
function useKeyboard(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.visualViewport?.addEventListener('resize', listener)
      return () => window.visualViewport?.removeEventListener('resize', listener)
    },
    () => (window.visualViewport?.height ?? window.innerHeight) < window.innerHeight * (1 - KEYBOARD_SHARE),
  )
}

/** The three views of a phone. It makes room for the keyboard. */
export function BottomBar({ place }: { readonly place: Place }) {
  const view = useStore(phoneView)
  const current = useStore(workspace, (all) => all.current)
  const isPage = place.kind === 'page'
  const isTyping = useKeyboard()
  const show = (next: PhoneView) => {
    phoneView.set(next)
    if (isPage && next !== 'apps') go(current === null ? '/' : `/ext/${current}`)
  }
  return (
    <nav className="bottom-bar" aria-label={t('Views')} hidden={isTyping}>
      {ENTRIES.map((entry) => (
        <button
          key={entry.view}
          type="button"
          aria-current={(!isPage || view === 'apps') && view === entry.view ? 'page' : undefined}
          disabled={entry.view === 'panel' && current === null}
          onClick={() => show(entry.view)}
        >
          <IconGlyph name={entry.icon} size={20} />
          {entry.label}
        </button>
      ))}
    </nav>
  )
}
