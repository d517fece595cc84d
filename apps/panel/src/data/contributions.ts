import type { JsonObject, UiCommandWire, UiContextMenuWire } from '@imperal/contract'
import { newId } from '@imperal/ui-kit'
import { type App, currentApps, panelOfFunction } from './apps.ts'
import { currentMe, isAdmin } from './me.ts'
import { chooseFunction } from './palette.ts'
import { isFree, nameOf, parseShortcut, pressedKeys, type Shortcut } from './shortcuts.ts'
import { toastOfApp } from './toasts.ts'
import { isOffered } from './when.ts'
import { runAction, runFunction } from './workspace/run-action.ts'
import { appView, openPanels, workspace } from './workspace/workspace.ts'

/** A command of an app; `shortcut` when it is bound to it. */
export interface Command {
  readonly app: App
  readonly command: UiCommandWire
  readonly shortcut: Shortcut | null
}

const isPhone = () => window.matchMedia('(max-width: 767px)').matches

function isOfferedNow(app: App, when: string): boolean {
  if (app.isDisabled || !app.hasAccess) return false
  const view = appView(app.appId)
  const open = workspace.get().current === app.appId
  const panels = open && view ? openPanels(view) : []
  return isOffered(when, { app: open, panels, admin: isAdmin(currentMe()), phone: isPhone() })
}

/** Commands that may be run now. A shortcut belongs to the first that asks for it. */
export function commandsNow(apps: readonly App[] = currentApps()): readonly Command[] {
  const taken = new Set<string>()
  return apps.flatMap((app) =>
    app.ui.commands
      .filter((command) => isOfferedNow(app, command.when))
      .map((command) => {
        const wanted = parseShortcut(command.shortcut)
        if (wanted === null || !isFree(wanted) || taken.has(nameOf(wanted))) return { app, command, shortcut: null }
        taken.add(nameOf(wanted))
        return { app, command, shortcut: wanted }
      }),
  )
}

/** The command of the keys that were pressed. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  const pressed = nameOf(pressedKeys(event))
  return commandsNow().find(({ shortcut }) => shortcut !== null && nameOf(shortcut) === pressed)
}

/** Entries that apps add to the menu of one thing, such as a message. */
export function contextMenuOf(slot: UiContextMenuWire['slot'], apps: readonly App[]) {
  return apps.flatMap((app) =>
    app.ui.context_menus
      .filter((entry) => entry.slot === slot && isOfferedNow(app, entry.when))
      .map((entry) => ({ app, entry })),
  )
}

const propertiesOf = (schema: JsonObject): JsonObject =>
  schema.properties !== null && typeof schema.properties === 'object' && !Array.isArray(schema.properties)
    ? schema.properties
    : {}

/**
 * Runs what a contribution stands for. The function gets of `about` what it declares as its own parameters; when something
 * that it needs is missing, its form opens with the rest filled in.
 */
export async function runContribution(app: App, handler: string, about: JsonObject = {}): Promise<void> {
  const gestureId = newId()
  if (panelOfFunction(handler) !== null) {
    const origin = { kind: 'control', nodePath: '', gestureId } as const
    const outcome = await runAction(
      app,
      { action: 'call', function: handler, params: about, confirm: null },
      {},
      origin,
    )
    if (!outcome.ok) toastOfApp(app, { message: outcome.error.message, variant: 'error' })
    return
  }
  const fn = app.functions.find((one) => one.name === handler)
  // It was there when the entry was drawn; the next reading of the apps takes the entry away.
  if (fn === undefined) return
  const known = propertiesOf(fn.schema)
  const params = Object.fromEntries(Object.entries(about).filter(([name]) => Object.hasOwn(known, name)))
  const needed = Array.isArray(fn.schema.required) ? fn.schema.required.map(String) : []
  if (needed.some((name) => params[name] === undefined)) {
    chooseFunction(app, fn, params)
    return
  }
  const outcome = await runFunction(app, { function: handler, params, gestureId })
  if (outcome.kind === 'failed') toastOfApp(app, { message: outcome.failure.message, variant: 'error' })
}
