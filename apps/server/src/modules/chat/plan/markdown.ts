import type { JsonObject, JsonValue } from '@imperal/contract'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isScalar = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || typeof value !== 'object'

const MOST_COLUMNS = 5
const cell = (value: JsonValue | undefined): string =>
  value == null ? '' : String(value).replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
const label = (key: string): string => key.replaceAll('_', ' ')
const TITLES = ['title', 'name', 'subject', 'text', 'summary', 'label']

const isTechnical = (key: string): boolean =>
  key.startsWith('_') || key === 'id' || key.endsWith('_id') || key.endsWith('_ids')

function table(rows: readonly JsonObject[]): string | null {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => !isTechnical(key))
  const fits =
    keys.length > 1 && keys.length <= MOST_COLUMNS && rows.every((row) => keys.every((key) => isScalar(row[key])))
  if (!fits) return null
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(keys.map(label)),
    line(keys.map(() => '---')),
    ...rows.map((row) => line(keys.map((key) => cell(row[key])))),
  ].join('\n')
}

function bullet(value: JsonValue): string {
  if (!isObject(value)) return `- ${Array.isArray(value) ? value.map(cell).join(', ') : cell(value)}`
  const title = TITLES.find((key) => typeof value[key] === 'string')
  const rest = Object.entries(value)
    .filter(([key, entry]) => key !== title && !isTechnical(key) && entry !== null && isScalar(entry))
    .map(([key, entry]) => `${label(key)}: ${cell(entry)}`)
    .join(', ')
  const name = title === undefined ? '' : `**${cell(value[title])}**`
  return `- ${[name, rest].filter((part) => part !== '').join(' – ')}`
}

/** The list inside a result: the value itself, or its first member that is a list. */
export function listIn(value: JsonValue): readonly JsonValue[] | null {
  if (Array.isArray(value)) return value
  if (!isObject(value)) return null
  if (Array.isArray(value.items)) return value.items
  return Object.values(value).find((entry): entry is JsonValue[] => Array.isArray(entry)) ?? null
}

/**
 * Structured data as Markdown for a text field (K2.27): a table where the columns are few and plain, else a list. At most
 * `most` entries; what is left out is said.
 */
export function toMarkdown(value: JsonValue, most: number): string {
  if (isScalar(value)) return value === null ? '' : String(value)
  const list = listIn(value)
  if (list === null) {
    return Object.entries(value as JsonObject)
      .filter(([key]) => !isTechnical(key))
      .map(([key, entry]) => `- ${label(key)}: ${isScalar(entry) ? cell(entry) : JSON.stringify(entry)}`)
      .join('\n')
  }
  const shown = list.slice(0, most)
  const left = list.length - shown.length
  const rows = shown.every(isObject) ? table(shown as JsonObject[]) : null
  return `${rows ?? shown.map(bullet).join('\n')}${left > 0 ? `\n\n… and ${left} more` : ''}`
}
