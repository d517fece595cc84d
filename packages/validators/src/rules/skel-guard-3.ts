import { defineRule } from '../define-rule.ts'
import { contextAccesses } from '../source/context-members.ts'
import { placeOf } from '../source/source-tree.ts'

export const skelGuard3 = defineRule({
  id: 'SKEL-GUARD-3',
  needs: 'source',
  severity: 'ERROR',
  title: 'Only the platform writes the skeleton',
  *check({ source }) {
    for (const { file, node, method } of contextAccesses(source, 'skeleton')) {
      if (method !== 'update') continue
      yield {
        message: '`ctx.skeleton.update` does not exist any more: the platform is the only writer',
        fix: 'Return the section from the skeleton handler: `return { response: { … } }`.',
        at: placeOf(file, node),
      }
    }
  },
})
