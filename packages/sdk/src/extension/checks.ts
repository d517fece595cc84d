import type * as z from 'zod'
import { DeclarationError, SecretDeclarationConflict } from '../errors.ts'
import { freeze, isObject } from '../values/json.ts'
import type { PanelSlot, SecretOptions, SecretSpec, TrayZone } from './declarations.ts'

/** Literals of the contract's manifest schema; a test holds both equal, since importing it would load all of Zod. */
export const PANEL_SLOTS: readonly PanelSlot[] = ['center', 'left', 'right', 'overlay', 'bottom', 'chat-sidebar']
export const TRAY_ZONES: readonly TrayZone[] = ['status', 'actions', 'system']
export const MENU_SECTIONS = ['main', 'admin'] as const
export const OAUTH_PROVIDERS = ['google', 'microsoft', 'yahoo'] as const
export const SECRET_MAX_BYTES = 65_536

/** @throws DeclarationError */
export function misdeclared(message: string): never {
  throw new DeclarationError(message)
}

/** Refuses a second registration under the same name, and one without its handler where one is expected. */
export function requireNew(
  taken: { has(name: string): boolean },
  kind: string,
  name: string,
  ...handler: readonly [unknown?]
): void {
  if (taken.has(name)) misdeclared(`${kind} '${name}' is registered twice`)
  for (const one of handler) requireHandler(`${kind} '${name}'`, one)
}

export function requireHandler(what: string, handler: unknown): void {
  if (typeof handler !== 'function')
    misdeclared(`${what} has no handler: its last argument is a function \`(ctx, …) => …\``)
}

/** A menu item goes to a path or runs a handler; the compiler refuses both at once. */
export function requireTarget(itemId: string, path: string, handler: unknown): void {
  if ((path !== '') !== (typeof handler === 'function')) return
  misdeclared(`Menu item '${itemId}' takes either a path or a handler`)
}

export function requireEventType(event: string | { readonly type: string }): string {
  const type = isObject(event) ? event.type : event
  if (typeof type === 'string' && type !== '') return type
  misdeclared('onEvent needs a type of event, or what ext.emits gave, as its first argument')
}

export function requireSection(section: unknown): asserts section is string {
  if (typeof section === 'string' && /^[^*?[\]:/]+$/.test(section)) return
  misdeclared(`A skeleton section is a text without any of * ? [ ] : /, not '${String(section)}'`)
}

export function requireSlot(slot: string): asserts slot is PanelSlot {
  if ((PANEL_SLOTS as readonly string[]).includes(slot)) return
  const hint = slot === 'main' ? "Slot 'main' is gone, use 'center'. " : ''
  misdeclared(`${hint}Panel slot '${slot}' is not one of ${PANEL_SLOTS.join(', ')}`)
}

export function requireOneOf(what: string, value: unknown, allowed: readonly unknown[]): void {
  if (!allowed.includes(value)) misdeclared(`${what} '${value}' is not one of ${allowed.join(', ')}`)
}

export function requireOwnEvent(appId: string, eventType: string): void {
  if (!eventType.includes('.')) misdeclared(`Event '${eventType}' needs a dot: '${appId}.${eventType}'`)
  if (!eventType.startsWith(`${appId}.`)) {
    misdeclared(`Event '${eventType}' does not start with '${appId}.'; an app declares its own events only`)
  }
}

/** True for a Zod schema of whatever copy of Zod. */
export function isSchema(value: unknown): value is z.ZodType {
  return isObject(value) && '_zod' in value && typeof value.safeParse === 'function'
}

/** The kind of a schema: `object`, `string` and so on. */
export function schemaKind(schema: z.ZodType): string {
  return schema._zod.def.type
}

export function requireObjectSchema(what: string, schema: unknown): asserts schema is z.ZodObject {
  if (isSchema(schema) && schemaKind(schema) === 'object') return
  misdeclared(`${what} must be a z.object({...})`)
}

// Kinds that can never describe an object; anything else (unions, records, pipes) may.
const SCALAR_KINDS: ReadonlySet<string> = new Set([
  'string',
  'number',
  'int',
  'boolean',
  'bigint',
  'date',
  'array',
  'tuple',
  'enum',
  'null',
  'undefined',
  'set',
])

/** `returns` describes the data of a result, which is an object on the wire. */
export function requireReturnsSchema(what: string, schema: unknown): void {
  if (isSchema(schema) && !SCALAR_KINDS.has(schemaKind(schema))) return
  misdeclared(`${what} must describe an object, because a result's data is one`)
}

/** All constraints of a secret (sdk.md 2.15), with its defaults filled in. */
export function secretSpec(options: SecretOptions, declared: { has(name: string): boolean }): SecretSpec {
  const {
    name,
    description,
    writeMode = 'user',
    maxBytes = 4096,
    rotationHintDays,
    scope = 'user',
    envFallback,
  } = options
  const wrong = (why: string) => new DeclarationError(`Secret '${name}': ${why}`)
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw wrong('a name is 1 to 63 of a-z, 0-9 and _, and starts with a letter')
  if (typeof description !== 'string' || description.trim() === '') throw wrong('it needs a description')
  if (!['user', 'extension', 'both'].includes(writeMode)) throw wrong('writeMode is user, extension or both')
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > SECRET_MAX_BYTES) {
    throw wrong(`maxBytes is a whole number from 1 to ${SECRET_MAX_BYTES}`)
  }
  if (rotationHintDays !== undefined && !(Number.isInteger(rotationHintDays) && rotationHintDays >= 1)) {
    throw wrong('rotationHintDays is a whole number from 1 up')
  }
  if (scope !== 'user' && scope !== 'app') throw wrong('scope is user or app')
  if (envFallback !== undefined && (scope !== 'app' || !envFallback.startsWith('IMPERAL_APPSECRET_'))) {
    throw wrong('envFallback belongs to scope app and starts with IMPERAL_APPSECRET_')
  }
  if (declared.has(name)) throw new SecretDeclarationConflict(name)
  return freeze({
    name,
    description,
    required: options.required ?? false,
    writeMode,
    maxBytes,
    rotationHintDays,
    scope,
    envFallback,
  })
}
