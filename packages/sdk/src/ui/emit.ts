import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Children, Confirm, Tone, UINode } from './types.ts'

/** A builder was given something that cannot become a node; says which component and prop. */
export class UIBuildError extends Error {
  override readonly name = 'UIBuildError'
  readonly component: string
  readonly prop: string
  constructor(component: string, prop: string, message: string) {
    super(`ui.${component}: ${prop}: ${message}`)
    this.component = component
    this.prop = prop
  }
}

/** One option of a builder: its name on the wire, when it is written, what it may be, how it is mapped. */
export interface Rule {
  readonly wire: string
  readonly always: boolean
  readonly required: boolean
  readonly fallback: JsonValue | undefined
  readonly choices: readonly (string | number)[] | undefined
  /** Other words for the choices, in any case; what travels is the choice. */
  readonly synonyms: Readonly<Record<string, string>> | undefined
  readonly map: ((value: never) => unknown) | undefined
}
export type Rules = Readonly<Record<string, Rule>>
type Extra = Partial<Pick<Rule, 'choices' | 'synonyms' | 'map' | 'required'>>

/** Written every time, with `fallback` when the author gives nothing. */
export function always(wire: string, fallback?: JsonValue, extra: Extra = {}): Rule {
  return {
    wire,
    always: true,
    required: false,
    fallback,
    choices: undefined,
    synonyms: undefined,
    map: undefined,
    ...extra,
  }
}

/** Written every time; a builder throws without it. */
export function required(wire: string, extra: Extra = {}): Rule {
  return always(wire, undefined, { required: true, ...extra })
}

/** Written when it differs from `fallback`; without a fallback whenever it is given. */
export function sparse(wire: string, fallback?: JsonValue, extra: Extra = {}): Rule {
  return { ...always(wire, fallback, extra), always: false }
}

export const TONES: readonly Tone[] = [
  'blue',
  'green',
  'red',
  'yellow',
  'orange',
  'purple',
  'cyan',
  'gray',
  'primary',
  'success',
  'danger',
  'warning',
  'info',
  'accent',
  'neutral',
  'amber',
]

/** The node list that stands for an author's children. */
export function list(children: Children): UINode[] {
  const all = Array.isArray(children) ? (children as readonly (UINode | null | undefined | false)[]) : [children] // not narrowed for readonly arrays
  return all.filter((child): child is UINode => typeof child === 'object' && child !== null)
}

/** The first node, or nothing. */
export function one(children: Children): UINode | undefined {
  return list(children)[0]
}

/** One node as itself, several as a list. */
export function oneOrList(children: Children): UINode | UINode[] | undefined {
  return Array.isArray(children) ? list(children) : one(children)
}

export function oneOrListOrText(given: Children | string): UINode | UINode[] | string | undefined {
  return typeof given === 'string' ? given : oneOrList(given)
}

export function string(given: string | number): string {
  return String(given)
}

/** Objects without the `{data: {...}}` wrapper that graph libraries use. */
export function unwrap(given: readonly object[]): readonly object[] {
  return given.map((one) => ('data' in one && !('id' in one) ? (one.data as object) : one)) // such a wrapper holds an object
}

const CONFIRM: Rules = {
  title: sparse('title'),
  message: sparse('message'),
  confirmLabel: sparse('confirm_label'),
  destructive: sparse('destructive', false),
}

/** The wire form of a confirmation. */
export function confirm(given: Confirm): JsonValue {
  return typeof given === 'string' ? given : members('Confirm', CONFIRM, given)
}

/** Plain objects inside a prop, member by member; a rule between menu items stays a rule. */
export function items(component: string, rules: Rules): (given: readonly object[]) => JsonObject[] {
  return (given) =>
    given.map((one) =>
      'separator' in one && one.separator === true ? { separator: true } : members(component, rules, one, true),
    )
}

/**
 * Turns options into wire members: unknown names, values outside the choices and values that JSON cannot carry throw.
 * @throws UIBuildError
 */
export function members(component: string, rules: Rules, options: object, nested = false): JsonObject {
  const given = options as Readonly<Record<string, unknown>> // own keys of an options object
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name) && given[name] !== undefined)
      throw new UIBuildError(component, name, 'No such option.')
  }
  const result: JsonObject = {}
  for (const [name, rule] of Object.entries(rules)) {
    // Nulls are dropped at the top and kept inside (ui 1.1.3).
    const value = nested && given[name] === null ? null : member(component, name, rule, given[name])
    if (value !== undefined) result[rule.wire] = value
  }
  return result
}

function member(component: string, name: string, rule: Rule, given: unknown): JsonValue | undefined {
  const fail: Fail = (message) => {
    throw new UIBuildError(component, name, message)
  }
  const present = given !== undefined && given !== null
  if (!present && rule.required) fail('A value is required.')
  const mapped = present && rule.map !== undefined ? rule.map(given as never) : given // each map declares the type of its own option
  const chosen = present ? chosenWord(mapped, rule, fail) : rule.fallback
  if (chosen === undefined || chosen === null) return undefined
  const value = plain(chosen, fail)
  return rule.always || value !== rule.fallback ? value : undefined
}

type Fail = (message: string) => never

function chosenWord(given: unknown, { choices, synonyms, fallback }: Rule, fail: Fail): unknown {
  const word = synonyms !== undefined && typeof given === 'string' ? given.trim().toLowerCase() : given
  const value = typeof word === 'string' && synonyms !== undefined ? (synonyms[word] ?? word) : word
  if (choices === undefined || value === fallback || choices.includes(value as string)) return value
  return fail(`"${String(given)}" is not one of ${choices.join(', ')}.`)
}

function plain(value: unknown, fail: Fail): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : fail('Numbers must be finite.')
  if (Array.isArray(value)) return value.map((one) => (one === undefined ? null : plain(one, fail)))
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : fail(`A ${typeof value} cannot travel.`)
  if (prototype !== Object.prototype && prototype !== null)
    fail('Only plain data can travel; convert dates and classes first.')
  const entries = Object.entries(value as object).filter(([, one]) => one !== undefined) // an object by the check above
  return Object.fromEntries(entries.map(([key, one]) => [key, plain(one, fail)]))
}

/** Makes a builder of one component from its rules; `node` in the options becomes the envelope. */
export function builder(type: string, rules: Rules): (options: object) => UINode {
  return (options) => {
    const { node: envelope = {}, ...rest } = options as { node?: object } & Record<string, unknown> // every options type has this member
    return deepFreeze({ type, props: members(type, rules, rest), ...envelope })
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
