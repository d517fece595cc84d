import type { Node } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { contextAccesses } from '../source/context-members.ts'
import { nameOfEnclosing } from '../source/functions.ts'
import { registrationsOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

const SKELETONS: ReadonlySet<string> = new Set(['skeleton', 'skeletonAlert'])

export const skelGuard1 = defineRule({
  id: 'SKEL-GUARD-1',
  needs: 'source',
  severity: 'ERROR',
  title: 'Only skeleton handlers read the skeleton',
  *check({ source }) {
    const handlers = new Set<Node>(
      registrationsOf(source).flatMap(({ registration, handler }) =>
        SKELETONS.has(registration) && handler !== undefined ? [handler] : [],
      ),
    )
    for (const { file, node, ancestors, method } of contextAccesses(source, 'skeleton')) {
      if (method === 'update' || ancestors.some((ancestor) => handlers.has(ancestor))) continue
      yield {
        message: `\`ctx.skeleton\` is read in ${nameOfEnclosing(ancestors)}, which is no skeleton handler`,
        fix: 'Move the reading into `ext.skeleton(…)`, or use `ctx.store` or `ctx.cache` here.',
        at: placeOf(file, node),
      }
    }
  },
})
