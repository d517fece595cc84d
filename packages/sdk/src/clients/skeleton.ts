import type { HandlerKind } from '@imperal/contract/host-protocol'
import { SkeletonAccessForbidden } from '../errors.ts'
import { refuse } from '../refuse.ts'
import { freeze, isObject, type JsonObject } from '../values/json.ts'
import type { Transport } from './transport.ts'

/** The last snapshot of a section, null when there is none. There is no write method: the kernel writes. */
export interface SkeletonReader {
  get(section: string): Promise<JsonObject | null>
}

export function createSkeleton(transport: Transport): SkeletonReader {
  return freeze({
    get: async (section: string) => {
      if (typeof section !== 'string' || !/^[^*?[\]:/]+$/.test(section)) {
        refuse('section', `'${section}' is not the name of a section`)
      }
      const wire = await transport.call('skeleton', 'get', section)
      return isObject(wire) ? (wire as JsonObject) : null
    },
  })
}

/** What every other handler has in its place. */
export function forbiddenSkeleton(kind: HandlerKind): SkeletonReader {
  return freeze({
    get: () =>
      Promise.reject(
        new SkeletonAccessForbidden(
          `ctx.skeleton.get was called in a ${kind} handler; only skeleton handlers may read it. Use ctx.cache or ctx.store for state of your own.`,
        ),
      ),
  })
}
