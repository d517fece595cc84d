import type { Node } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { annotationOf, type ContextAccess, contextAccesses, functionsAround } from '../source/context-members.ts'
import { firstParameter, nameOfEnclosing } from '../source/functions.ts'
import { registrationsOf } from '../source/registrations.ts'
import { ancestorsOf, placeOf, type SourceTree } from '../source/source-tree.ts'

const SKELETONS: ReadonlySet<string> = new Set(['skeleton', 'skeletonAlert'])

/** Calls that register skeletons, whatever they wrap their handlers in, and handlers that stand elsewhere. */
function skeletonHomes(source: SourceTree): ReadonlySet<Node> {
  return new Set<Node>(
    registrationsOf(source).flatMap(({ registration, call, handler }) =>
      SKELETONS.has(registration) ? [call, ...(handler === undefined ? [] : [handler.node])] : [],
    ),
  )
}

function isAtHome(access: ContextAccess, homes: ReadonlySet<Node>): boolean {
  if ([access.node, ...ancestorsOf(access.file, access.node)].some((node) => homes.has(node))) return true
  // The compiler holds callers to it: only a skeleton handler has such a context to pass on.
  const around = functionsAround(access)
  return around.some((node) => annotationOf(firstParameter(node)) === 'SkeletonContext')
}

export const skelGuard1 = defineRule({
  id: 'SKEL-GUARD-1',
  needs: 'source',
  severity: 'ERROR',
  title: 'Only skeleton handlers read the skeleton',
  *check({ source }) {
    const homes = skeletonHomes(source)
    for (const access of contextAccesses(source, 'skeleton')) {
      const { file, node, method, isAlias } = access
      if (isAlias || method === 'update' || isAtHome(access, homes)) continue
      yield {
        message: `\`ctx.skeleton\` is read in ${nameOfEnclosing(file, node)}, which is no skeleton handler`,
        fix: 'Move the reading into `ext.skeleton(…)`, or use `ctx.store` or `ctx.cache` here.',
        at: placeOf(file, node),
      }
    }
  },
})
