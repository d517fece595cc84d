import { useEffect, useSyncExternalStore } from 'react'
import { wear } from '../data/agency.ts'
import { findApp, useApps } from '../data/apps.ts'
import { loadChat } from '../data/chat/chat.ts'
import { lastConversation } from '../data/chat/remembered.ts'
import { chat, emptyChat, FIRST_CONVERSATION } from '../data/chat/state.ts'
import { readLayout } from '../data/layout.ts'
import { startLive, stopLive } from '../data/live.ts'
import type { Me } from '../data/me.ts'
import { go } from '../data/navigation.ts'
import { queryClient } from '../data/query-client.ts'
import { askFromAddress, questions } from '../data/questions.ts'
import { reactToEvents } from '../data/react-to-events.ts'
import { currentSession, subscribeSession } from '../data/session.ts'
import { followed } from '../data/tasks.ts'
import { declareTray, followTrays, trayItems } from '../data/tray.ts'
import { widgets } from '../data/widgets.ts'
import { clearAddresses } from '../data/workspace/center-address.ts'
import { clearTrees } from '../data/workspace/open-app.ts'
import { overlay } from '../data/workspace/overlay.ts'
import { clearUnsaved } from '../data/workspace/unsaved.ts'
import { clearWorkspace } from '../data/workspace/workspace.ts'
import { useAccountLanguage } from './use-account-language.ts'

/** Forgets everything that belonged to the person who was signed in. */
function forgetPerson(): void {
  clearWorkspace()
  clearTrees()
  clearAddresses()
  overlay.set(null)
  questions.set([])
  followed.set([])
  trayItems.set([])
  widgets.set([])
  chat.set(emptyChat(FIRST_CONVERSATION))
  wear(null)
  queryClient.clear()
}

/** Follows the session: connects while somebody is signed in, and leaves for the sign-in page when nobody is. */
export function useShellLife(me: Me | undefined): void {
  const signedIn = useSyncExternalStore(subscribeSession, () => currentSession() !== null)
  const userId = me?.imperal_id
  // Only when nothing is drawn any more: a mounted reader would ask again, without a session.
  useEffect(
    () => () => {
      if (currentSession() === null) forgetPerson()
    },
    [],
  )
  useAccountLanguage(signedIn && me !== undefined)
  const apps = useApps()
  useEffect(() => {
    if (signedIn) return
    stopLive()
    clearUnsaved()
    const here = `${window.location.pathname}${window.location.search}`
    // Whoever signed out on purpose is on the way already.
    if (here.startsWith('/sign-in')) return
    go(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`, { replace: true })
  }, [signedIn])
  useEffect(() => {
    if (!signedIn || userId === undefined) return
    readLayout(userId)
    const stop = reactToEvents()
    startLive()
    void loadChat(lastConversation(userId))
    return () => {
      stop()
      stopLive()
    }
  }, [signedIn, userId])
  useEffect(() => declareTray(apps), [apps])
  const hasApps = apps.length > 0
  useEffect(() => (userId !== undefined && hasApps ? followTrays() : undefined), [userId, hasApps])
  useEffect(() => {
    if (userId !== undefined && hasApps) void askFromAddress(findApp)
  }, [userId, hasApps])
}
