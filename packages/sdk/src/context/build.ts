import { forbiddenSkeleton } from '../clients/skeleton.ts'
import { ContextUnavailable } from '../errors.ts'
import { ALL_MEMBERS, type ContextMember, type ContextShape, forbidsSkeleton, MEMBERS } from './availability.ts'
import { CREATE_MEMBER } from './members.ts'
import { attachRuntime, type Runtime, runtimeOf } from './runtime.ts'

/** One prototype per shape, made on first use: a call costs one object, and a member costs nothing until it is read. */
const PROTOTYPES = new Map<ContextShape, object>()

function prototypeOf(shape: ContextShape): object {
  const known = PROTOTYPES.get(shape)
  if (known !== undefined) return known
  const present = new Set<ContextMember>(MEMBERS[shape])
  const prototype = {}
  for (const member of ALL_MEMBERS) {
    Object.defineProperty(prototype, member, {
      enumerable: present.has(member),
      get: present.has(member) ? presentMember(member) : absentMember(member),
    })
  }
  PROTOTYPES.set(shape, prototype)
  return prototype
}

function presentMember(member: ContextMember) {
  return function read(this: object): unknown {
    const value = CREATE_MEMBER[member](mustHaveRuntime(this))
    Object.defineProperty(this, member, { value, enumerable: true }) // the next read finds it on the object itself
    return value
  }
}

function absentMember(member: ContextMember) {
  return function read(this: object): unknown {
    const { kind, shape } = mustHaveRuntime(this)
    if (member === 'skeleton' && forbidsSkeleton(shape)) return forbiddenSkeleton(kind)
    throw new ContextUnavailable(member, kind)
  }
}

function mustHaveRuntime(ctx: object): Runtime {
  const runtime = runtimeOf(ctx)
  if (runtime === undefined) throw new TypeError('ctx was copied; pass the context itself, not a spread of it')
  return runtime
}

/** A context of the runtime's shape. C is what that shape promises; the type tests hold both together. */
export function buildContext<C extends object>(runtime: Runtime): C {
  const ctx: object = Object.create(prototypeOf(runtime.shape))
  attachRuntime(ctx, runtime)
  return ctx as C
}
