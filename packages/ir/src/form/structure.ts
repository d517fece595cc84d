import type { JsonValue } from '@imperal/contract'
import type { Issues } from '../issues.ts'
import { isObject, shown } from '../json.ts'

/** Checks the shape of one place and reports with the exact words of ir 10.2. */
export type Check = (value: JsonValue, loc: string, issues: Issues) => void

const wrong = (issues: Issues, loc: string, message: string) => issues.error('IR1', `${loc}: ${message}`, loc)
const inside = (loc: string, key: string | number): string => (loc === '' ? String(key) : `${loc}.${key}`)

export const text =
  (least = 0): Check =>
  (value, loc, issues) => {
    if (typeof value !== 'string') wrong(issues, loc, 'Input should be a valid string')
    else if (value.length < least) wrong(issues, loc, 'String should have at least 1 character')
  }

export const boolean: Check = (value, loc, issues) => {
  if (typeof value !== 'boolean') wrong(issues, loc, 'Input should be a valid boolean')
}

export const integer: Check = (value, loc, issues) => {
  if (typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value)) return
  if (typeof value === 'string')
    wrong(issues, loc, 'Input should be a valid integer, unable to parse string as an integer')
  else if (typeof value !== 'number' || !Number.isInteger(value)) wrong(issues, loc, 'Input should be a valid integer')
}

export const dictionary: Check = (value, loc, issues) => {
  if (!isObject(value)) wrong(issues, loc, 'Input should be a valid dictionary')
}

export const list =
  (entry: Check): Check =>
  (value, loc, issues) => {
    if (!Array.isArray(value)) wrong(issues, loc, 'Input should be a valid list')
    else for (const [index, member] of value.entries()) entry(member, inside(loc, index), issues)
  }

export const nullable =
  (check: Check): Check =>
  (value, loc, issues) => {
    if (value !== null) check(value, loc, issues)
  }

export interface Field {
  readonly check: Check
  readonly required: boolean
}
export const needed = (check: Check): Field => ({ check, required: true })
export const optional = (check: Check): Field => ({ check, required: false })

/** A closed object: every modelled member is checked, every other one is extra (I0.1). */
export const closed =
  (fields: Readonly<Record<string, Field>>): Check =>
  (value, loc, issues) => {
    if (!isObject(value)) return wrong(issues, loc === '' ? 'root' : loc, 'Input should be a valid dictionary')
    for (const [name, { check, required }] of Object.entries(fields)) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined
      if (member !== undefined) check(member, inside(loc, name), issues)
      else if (required) wrong(issues, inside(loc, name), 'Field required')
    }
    // `__proto__` is refused wherever it stands, also in open objects.
    for (const name of Object.keys(value))
      if (!Object.hasOwn(fields, name) && name !== '__proto__')
        wrong(issues, inside(loc, name), 'Extra inputs are not permitted')
  }

/** An object whose `kind` says which fields it has; the tag becomes part of the place. */
export const tagged =
  (kinds: Readonly<Record<string, Readonly<Record<string, Field>>>>): Check =>
  (value, loc, issues) => {
    if (!isObject(value)) return wrong(issues, loc, 'Input should be a valid dictionary')
    const { kind } = value
    if (kind === undefined) return wrong(issues, loc, "Unable to extract tag using discriminator 'kind'")
    const fields = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
    if (fields !== undefined)
      return closed({ kind: optional(() => {}), ...fields })(value, inside(loc, shown(kind)), issues)
    const expected = Object.keys(kinds)
      .map((name) => `'${name}'`)
      .join(', ')
    const tag = typeof kind === 'string' ? kind : JSON.stringify(kind)
    wrong(issues, loc, `Input tag '${tag}' found using 'kind' does not match any of the expected tags: ${expected}`)
  }
