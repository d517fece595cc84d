import * as z from 'zod'
import { JsonObject, type JsonValue } from '../json.ts'
import { safeCssColor } from './css.ts'
import { isObject } from './plain.ts'
import { type Prop, prop, type Reader } from './prop.ts'
import { capped } from './prop-values.ts'
import { UI_TONE_NAMES } from './tone.ts'

/** One thing of a Graph; `data` holds every key that its author gave. */
export interface UiGraphNode {
  readonly id: string
  readonly label: string
  readonly size: number | undefined
  /** A checked CSS colour or the name of a colour role; empty for the palette. */
  readonly color: string
  readonly mentions: number
  readonly data: Readonly<JsonObject>
}

/** One relation of a Graph. */
export interface UiGraphEdge {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly label: string
  readonly weight: number
  readonly color: string
}

/** The things of a graph; entries without an id and second ones with the same id are left out. */
export function graphNodes(): Prop<readonly UiGraphNode[]> {
  const kind = { type: 'readonly GraphNode[]', map: 'unwrap' } as const
  return prop<readonly UiGraphNode[]>(z.array(JsonObject), [], kind, (raw, reader) => {
    const seen = new Set<string>()
    return capped(entries(raw), reader.limits.graphNodes, reader).flatMap((data) => {
      const id = words(data.id, 256)
      if (id === '' || seen.has(id)) return []
      seen.add(id)
      const { size, mention_count: mentions } = data
      return [
        {
          id,
          label: words(data.label, 256) || id,
          size: isNumber(size) ? size : undefined,
          color: colour(data.color, reader),
          mentions: isNumber(mentions) ? mentions : 0,
          data,
        },
      ]
    })
  })
}

/** The relations of a graph; the renderer leaves out those whose ends are missing. */
export function graphEdges(): Prop<readonly UiGraphEdge[]> {
  const kind = { type: 'readonly GraphEdge[]', map: 'unwrap' } as const
  return prop<readonly UiGraphEdge[]>(z.array(JsonObject), [], kind, (raw, reader) =>
    capped(entries(raw), reader.limits.graphEdges, reader).flatMap((data, index) => {
      const source = words(data.source, 256)
      const target = words(data.target, 256)
      if (source === '' || target === '') return []
      return [
        {
          id: words(data.id, 256) || `edge-${index}`,
          source,
          target,
          label: words(data.label, 256),
          weight: isNumber(data.weight) ? data.weight : 1,
          color: colour(data.color, reader),
        },
      ]
    }),
  )
}

/** Objects, out of the `{data: {...}}` wrappers that graph libraries use. */
function entries(raw: unknown): JsonObject[] {
  const list = Array.isArray(raw) ? raw : [raw]
  return list.filter(isObject).map((entry) => (isObject(entry.data) && entry.id === undefined ? entry.data : entry))
}

function words(value: JsonValue | undefined, most: number): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, most) : ''
}

function isNumber(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function colour(value: JsonValue | undefined, reader: Reader): string {
  if (typeof value !== 'string' || value === '') return ''
  if (Object.hasOwn(UI_TONE_NAMES, value)) return value
  const safe = safeCssColor(value)
  if (safe === null) reader.note('unsafe_css', 'Not a colour that a tree may use.')
  return safe ?? ''
}
