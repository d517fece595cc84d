import type { JsonObject } from '@imperal/contract'
import * as z from 'zod'

/** One value of an event's payload that a rule can look at. */
export interface EventField {
  readonly path: string
  readonly title: string
  readonly type: string
}

const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  title: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
})

const SCALARS = new Set(['string', 'number', 'integer', 'boolean'])
const MOST = 40
const DEEPEST = 2
/** What a template can name (K6.6): other keys have no path. */
const KEY = /^[A-Za-z_][A-Za-z0-9_]*$/

function below(schema: unknown, path: string, depth: number): EventField[] {
  const { properties = {} } = Schema.safeParse(schema).data ?? {}
  return Object.entries(properties).flatMap(([key, property]) => {
    const parsed = Schema.safeParse(property).data
    if (parsed === undefined || !KEY.test(key)) return []
    const at = `${path}.${key}`
    const type = [parsed.type ?? []].flat().find((one) => SCALARS.has(one))
    if (type !== undefined) return [{ path: at, title: parsed.title ?? key, type }]
    return depth < DEEPEST ? below(parsed, at, depth + 1) : []
  })
}

/** The single values in what a function returns, which is what its event tells under `data`; none for an unknown shape. */
export const eventFields = (returnSchema: JsonObject | undefined): EventField[] =>
  below(returnSchema, 'data', 1).slice(0, MOST)
