/** Members of a call's arguments or result, not yet known to be JSON. */
export type Members = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
