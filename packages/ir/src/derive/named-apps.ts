import type { JsonValue } from '@imperal/contract'
import { isObject } from '../json.ts'

const MOST_APPS = 50

/** Ids of other apps that a raw document names in the args of its `call` steps; for looking them up before validation. */
export function namedApps(raw: JsonValue): readonly string[] {
  const found = new Set<string>()
  const pending: JsonValue[] = [raw]
  for (let value = pending.pop(); value !== undefined && found.size < MOST_APPS; value = pending.pop()) {
    if (Array.isArray(value)) for (const entry of value) pending.push(entry)
    if (!isObject(value)) continue
    const { op, action, args, params } = value
    for (const given of [args, params])
      if ((op === 'call' || action === 'call') && isObject(given) && typeof given.app_id === 'string')
        found.add(given.app_id)
    for (const member of Object.values(value)) pending.push(member)
  }
  return [...found]
}
