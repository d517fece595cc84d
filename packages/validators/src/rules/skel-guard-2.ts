import { defineRule } from '../define-rule.ts'
import { contextAccesses } from '../source/context-members.ts'
import { placeOf } from '../source/source-tree.ts'

export const skelGuard2 = defineRule({
  id: 'SKEL-GUARD-2',
  needs: 'source',
  severity: 'ERROR',
  title: 'A context has no skeleton data of its own',
  *check({ source }) {
    for (const member of ['skeletonData', 'skeleton_data']) {
      for (const { file, node, isAlias } of contextAccesses(source, member)) {
        if (isAlias) continue
        yield {
          message: `\`ctx.${member}\` does not exist any more`,
          fix: "Call `ctx.skeleton.get('section')` in a skeleton handler.",
          at: placeOf(file, node),
        }
      }
    }
  },
})
