import * as z from 'zod'
import {
  parseConfirmation,
  parseUiAction,
  type UiAction,
  UiActionWire,
  UiConfirm,
  type UiConfirmation,
} from './action.ts'
import type { UiLimits } from './limits.ts'
import { type UiNode, UiNodeEnvelope } from './node.ts'
import { isObject } from './plain.ts'
import { type ItemShape, type Prop, type PropTable, prop, type Reader, type ValuesOf } from './prop.ts'
import { capped } from './prop-values.ts'

/** Stands for "any node" in strict schemas; `ui-schema` replaces it by the union of all components. */
export const AnyNode = UiNodeEnvelope

/** A list of nodes; one node, null and nothing are lists as well. */
export function nodes(): Prop<readonly UiNode[]> {
  return {
    ...prop<readonly UiNode[]>(z.array(z.lazy(() => AnyNode)), [], { type: 'Children', map: 'list' }, (raw, reader) =>
      reader.nodes(raw),
    ),
    nodesIn: (value) => value as readonly UiNode[], // written by the reader above
  }
}

/** A prop whose builder writes one node or several; read as a list. */
export function content(): Prop<readonly UiNode[]> {
  const one = z.lazy(() => AnyNode)
  return { ...nodes(), kind: { type: 'Children', map: 'oneOrList' }, schema: z.union([one, z.array(one)]) }
}

/** As `content`, and a bare string stands for a text. */
export function contentOrText(): Prop<readonly UiNode[]> {
  const one = z.lazy(() => AnyNode)
  return {
    ...nodes(),
    kind: { type: 'Children | string', map: 'oneOrListOrText' },
    schema: z.union([z.string(), one, z.array(one)]),
    read: (raw, reader) => reader.nodes(typeof raw === 'string' ? { type: 'Text', props: { content: raw } } : raw),
  }
}

/** Exactly one node; of a list the first counts. */
export function node(): Prop<UiNode | null> {
  return {
    ...prop<UiNode | null>(
      z.lazy(() => AnyNode),
      null,
      { type: 'Child', map: 'one' },
      (raw, reader) => reader.nodes(raw)[0] ?? null,
    ),
    nodesIn: (value) => (value === null ? [] : [value as UiNode]), // written by the reader above
  }
}

/** An action; a refused one reads as null, so the control is drawn and does nothing. `payload` tells what the control adds. */
export function action(payload = ''): Prop<UiAction | null> {
  return prop<UiAction | null>(UiActionWire, null, { type: 'Action', payload }, (raw, reader) => {
    const parsed = parseUiAction(raw, reader.limits, reader.rules)
    if (typeof parsed !== 'string') return parsed
    reader.note('bad_action', parsed)
    return null
  })
}

/** Text, or an object with a message, that is asked before something happens. */
export function confirmation(): Prop<UiConfirmation | null> {
  const kind = { type: 'Confirm', map: 'confirm' } as const
  return prop<UiConfirmation | null>(UiConfirm, null, kind, (raw, reader) => parseConfirmation(raw, reader.limits))
}

/** Plain objects with a fixed shape. An entry that is no object, or lacks a required member, is left out. */
export function items<P extends PropTable>(
  { props: shape, ...names }: ItemShape<P>,
  room: keyof UiLimits = 'children',
): Prop<readonly ValuesOf<P>[]> {
  const kind = { type: `readonly ${names.name}[]`, map: 'items', shape: { props: shape, ...names } } as const
  return {
    ...prop<readonly ValuesOf<P>[]>(z.array(strictObject(shape, true)), [], kind, (raw, reader) => {
      if (raw === null) return []
      const list = Array.isArray(raw) ? raw : [raw]
      return capped(list, reader.limits[room], reader).flatMap((entry, index) =>
        readItem(shape, entry, reader.at(index)),
      )
    }),
    nodesIn: (value) => (value as readonly ValuesOf<P>[]).flatMap((entry) => nodesOf(shape, entry)), // as read above
  }
}

function readItem<P extends PropTable>(shape: P, entry: unknown, reader: Reader): ValuesOf<P>[] {
  if (!isObject(entry)) {
    reader.note('bad_value', 'An entry is not an object; left out.')
    return []
  }
  return [readProps(shape, entry, reader)]
}

/** Reads every prop of a table; keys that the table does not know are left out. */
export function readProps<P extends PropTable>(
  table: P,
  raw: Readonly<Record<string, unknown>>,
  reader: Reader,
): ValuesOf<P> {
  const values: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(table)) {
    const key = [name, ...spec.aliases].find((one) => raw[one] !== undefined && raw[one] !== null)
    if (key === undefined && spec.required) reader.at(name).note('missing_value', 'A required value is missing.')
    values[name] = key === undefined ? spec.fallback : spec.read(resolveSignal(raw[key]), reader.at(name))
  }
  return values as ValuesOf<P> // one value per name of the table, each made by that name's own reader
}

/** Later authors may send a reference to a live value; without that feature its default counts (ui 1.9). */
function resolveSignal(raw: unknown): unknown {
  if (!isObject(raw)) return raw
  const signal = raw.__type__ === 'signal' || typeof raw.__signal__ === 'string'
  return signal ? (raw.default ?? null) : raw
}

/** All nodes held by the values of a table, in table order. */
export function nodesOf(table: PropTable, values: Readonly<Record<string, unknown>>): UiNode[] {
  return Object.entries(table).flatMap(([name, spec]) => (spec.nodesIn ? spec.nodesIn(values[name]) : []))
}

/** The strict schema of a table: what a builder may write. `loose` ignores further keys, as item objects may have. */
export function strictObject(table: PropTable, loose = false): z.ZodObject {
  const shape = Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, spec.required ? spec.schema : spec.schema.optional()]),
  )
  return loose ? z.looseObject(shape) : z.strictObject(shape)
}
