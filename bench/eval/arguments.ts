import type { JsonObject, JsonValue } from '@imperal/contract'

/** What an argument must be: this value, a text that holds these words, or a reference to an earlier result. */
export type Expected = string | number | { readonly holds: string } | { readonly refersTo: string }

/** The arguments of one call; those that are not named must be left out. */
export type ExpectedArguments = Readonly<Record<string, Expected>>

const flat = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, ' ').trim()

function fits(value: JsonValue | undefined, expected: Expected): boolean {
  if (typeof expected === 'number') return value === expected
  if (typeof value !== 'string') return false
  if (typeof expected === 'string') return flat(value) === flat(expected)
  if ('refersTo' in expected) return value.includes(`$REF:${expected.refersTo}`)
  return flat(expected.holds)
    .split(' ')
    .every((word) => flat(value).includes(word))
}

const isLeftOut = (value: JsonValue | undefined): boolean => value === undefined || value === null || value === ''

/** Whether the arguments of a planned call are the wanted ones, and nothing beside them. */
export function sameArguments(given: JsonObject, expected: ExpectedArguments): boolean {
  const names = new Set([...Object.keys(given), ...Object.keys(expected)])
  return [...names].every((name) => {
    const wanted = expected[name]
    return wanted === undefined ? isLeftOut(given[name]) : fits(given[name], wanted)
  })
}
