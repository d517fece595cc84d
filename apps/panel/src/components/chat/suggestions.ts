import type { JsonObject, JsonValue } from '@imperal/contract'
import type { App, AppFunction } from '../../data/apps.ts'

export interface Suggestion {
  readonly app: App
  readonly fn: AppFunction
  /** `/notes.create_note` */
  readonly command: string
}

const MOST = 8

/** Functions that a message beginning with a slash may mean; none once the arguments have begun. */
export function suggest(draft: string, apps: readonly App[]): readonly Suggestion[] {
  const typed = /^\/(\S*)$/.exec(draft)?.[1]?.toLowerCase()
  if (typed === undefined) return []
  return apps
    .filter((app) => !app.isDisabled && app.hasAccess)
    .flatMap((app) => app.functions.map((fn) => ({ app, fn, command: `/${app.appId}.${fn.name}` })))
    .filter(({ command, app, fn }) => {
      const full = command.slice(1).toLowerCase()
      return full.includes(typed) || `${app.name} ${fn.name}`.toLowerCase().includes(typed)
    })
    .slice(0, MOST)
}

function blank(schema: JsonValue | undefined): JsonValue {
  const type = (schema as JsonObject | undefined)?.type
  if (type === 'number' || type === 'integer') return 0
  if (type === 'boolean') return false
  if (type === 'array') return []
  return type === 'object' ? {} : ''
}

/** The command with its required arguments still to fill in, and where the caret belongs. */
export function commandText({ command, fn }: Suggestion): { readonly text: string; readonly caret: number } {
  const required = Array.isArray(fn.schema.required) ? fn.schema.required.map(String) : []
  const properties = (fn.schema.properties ?? {}) as JsonObject
  if (required.length === 0) return { text: `${command} `, caret: command.length + 1 }
  const args = Object.fromEntries(required.map((name) => [name, blank(properties[name])]))
  const text = `${command} ${JSON.stringify(args).replaceAll('":', '": ').replaceAll(',"', ', "')}`
  const quotes = text.indexOf('""')
  return { text, caret: quotes === -1 ? text.length : quotes + 1 }
}
