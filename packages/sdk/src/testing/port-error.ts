import type { JsonObject } from '../values/json.ts'

/** A refusal as a kernel sends it: plain `name`, `code` and `detail`, so that the SDK revives its own class. */
export function portError(code: string, message: string, detail: JsonObject = {}): Error {
  return Object.assign(new Error(message), { code, detail })
}
