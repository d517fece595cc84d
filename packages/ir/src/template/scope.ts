import type { JsonObject, JsonValue } from '@imperal/contract'
import { isObject, ownMember } from '../json.ts'
import { IR_LIMITS } from '../limits.ts'
import { RunError } from '../run/run-error.ts'

/** What a path finds when there is nothing; different from null, which is a value (ir 6.6). */
export const ABSENT = Symbol('absent')
export type Absent = typeof ABSENT

/** What templates of one run may read (ir 6.3). */
export interface Scope {
  readonly event: JsonObject
  readonly steps: JsonObject
  readonly prev: JsonValue
  readonly ctx: JsonObject
  /** Items of the loops around, the innermost last. */
  readonly aliases: ReadonlyMap<string, JsonValue>
  /** Shared by all templates of a run. */
  readonly work: WorkBudget
}

/** Characters that the templates of one run may still read or make. */
export interface WorkBudget {
  left: number
}

// Runs share the process that serves everybody: this is some hundred milliseconds of the slowest work.
export const newWorkBudget = (): WorkBudget => ({ left: 16_000_000 })

/** @throws RunError IR_LIMIT when the run has used what it may */
export function spend(scope: Pick<Scope, 'work'>, characters: number): void {
  scope.work.left -= characters
  if (scope.work.left < 0) throw new RunError('IR_LIMIT', 'The flow handles more text than one call may.')
}

export const ROOTS: ReadonlySet<string> = new Set(['event', 'args', 'params', 'steps', 'prev', 'ctx'])

const VIRTUAL = Symbol('virtual members')
type WithVirtual = JsonObject & { [VIRTUAL]?: JsonObject }

/** Gives an object members that a path finds and that are never written out: `data`, `etag`, `collection` of a record. */
export function withVirtual(object: JsonObject, members: JsonObject): JsonObject {
  Object.defineProperty(object, VIRTUAL, { value: members, enumerable: false })
  return object
}

const INDEX = /^(?:0|[1-9]\d{0,9})$/

function step(value: JsonValue, segment: string): JsonValue | undefined {
  if (Array.isArray(value)) return INDEX.test(segment) ? value[Number(segment)] : undefined
  if (!isObject(value)) return undefined
  const own = ownMember(value, segment)
  if (own !== undefined) return own
  const virtual = (value as WithVirtual)[VIRTUAL]
  return virtual === undefined ? undefined : ownMember(virtual, segment)
}

function rootOf(scope: Scope, name: string): { readonly value: JsonValue; readonly used: 0 | 1 } {
  const alias = scope.aliases.get(name)
  if (alias !== undefined) return { value: alias, used: 1 }
  switch (name) {
    case 'event':
    case 'args':
    case 'params':
      return { value: scope.event, used: 1 }
    case 'steps':
      return { value: scope.steps, used: 1 }
    case 'prev':
      return { value: scope.prev, used: 1 }
    case 'ctx':
      return { value: scope.ctx, used: 1 }
    default:
      return { value: scope.event, used: 0 }
  }
}

/** The members that a path finds beside an object's own ones. */
export const virtualMembers = (object: JsonObject): JsonObject | undefined => (object as WithVirtual)[VIRTUAL]

/** Walks own members only; nothing of the host, the platform or another user lies on any path (I6.5). */
export function lookUp(scope: Scope, path: readonly string[]): JsonValue | Absent {
  if (path.length > IR_LIMITS.pathSegments) return ABSENT
  const { value, used } = rootOf(scope, path[0] ?? '')
  let found: JsonValue = value
  for (const segment of path.slice(used)) {
    const next = step(found, segment)
    if (next === undefined) return ABSENT
    found = next
  }
  return found
}
