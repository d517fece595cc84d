import type { StreamEvent } from '@imperal/client'
import { currentApps, rereadApps } from './apps.ts'
import { loadChat } from './chat/chat.ts'
import { onChatDelta, onChatMessage, onChatStatus } from './chat/chat-events.ts'
import { liveState, onLiveEvent, subscribeLiveState } from './live.ts'
import { notificationsQuery, onNotification } from './notifications.ts'
import { queryClient } from './query-client.ts'
import { noteDecision } from './questions.ts'
import { eventOf, type HappenedEvent, isTriggered } from './refresh-rule.ts'
import { onTaskUpdate } from './tasks.ts'
import { readTraySoon } from './tray.ts'
import { readWidgetsSoon } from './widgets.ts'
import { refreshPanels } from './workspace/refresher.ts'
import { workspace } from './workspace/workspace.ts'

type Payload = Readonly<Record<string, unknown>>
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Fetches every panel that waits for one of these names again (ui 5.4). */
function happened(events: readonly HappenedEvent[]): void {
  const apps = workspace.get().apps
  readTraysOf(events)
  for (const app of currentApps()) {
    if (!(app.appId in apps)) continue
    const touched = app.panels.filter((panel) => events.some((event) => isTriggered(panel.refresh, app.appId, event)))
    if (touched.length > 0)
      refreshPanels(
        app.appId,
        touched.map((panel) => panel.panelId),
      )
  }
}

/** Counts of an app in the bar and on the start page may have changed with anything that happened in it. */
function readTraysOf(events: readonly HappenedEvent[]): void {
  for (const appId of new Set(events.map((event) => event.scope))) {
    readTraySoon(appId)
    readWidgetsSoon(appId)
  }
}

function onPanelRefresh(payload: Payload): void {
  const panels = Array.isArray(payload.panels) ? payload.panels.map(String) : []
  if (panels.includes('discovery') || payload.reason === 'discovery') void rereadApps()
  refreshPanels(text(payload.app_id), panels.length > 0 ? panels : 'all')
}

function onEvent(payload: Payload): void {
  const aliases = Array.isArray(payload.aliases) ? payload.aliases.map(String) : []
  happened([text(payload.event_type), ...aliases].map(eventOf))
}

const REACTIONS: Readonly<Record<string, (payload: Payload) => void>> = {
  chat_message: onChatMessage,
  chat_delta: onChatDelta,
  chat_status: onChatStatus,
  task_update: onTaskUpdate,
  notification: onNotification,
  notification_read: () => void queryClient.invalidateQueries({ queryKey: notificationsQuery.queryKey }),
  panel_refresh: onPanelRefresh,
  // A call that changed something: its bare function name counts as an event (ui 5.4).
  state_changed: (payload) => happened([{ scope: text(payload.scope), action: text(payload.action) }]),
  event: onEvent,
  confirmation: (payload) => {
    noteDecision(text(payload.confirmation_id), text(payload.status))
    void queryClient.invalidateQueries({ queryKey: ['confirmation'] })
  },
  wallet_update: () => void queryClient.invalidateQueries({ queryKey: ['billing'] }),
  extensions_changed: () => {
    void rereadApps()
    void queryClient.invalidateQueries({ queryKey: ['marketplace'] })
  },
  app_status: () => void rereadApps(),
}

function react(event: StreamEvent): void {
  REACTIONS[event.type]?.(event.payload)
}

/** After a gap nothing is known for sure: everything on the screen is read again. */
function resync(): void {
  void queryClient.invalidateQueries()
  void loadChat()
  const { current } = workspace.get()
  if (current !== null) refreshPanels(current, 'all')
}

/** Lets the stream of events act on everything that the shell keeps. Returns the way to stop it. */
export function reactToEvents(): () => void {
  let wasAway = false
  const stopEvents = onLiveEvent(react)
  const stopState = subscribeLiveState(() => {
    const state = liveState()
    if (state === 'resync') resync()
    else if (state === 'live' && wasAway) {
      wasAway = false
      resync()
    } else if (state === 'offline') wasAway = true
  })
  return () => {
    stopEvents()
    stopState()
  }
}
