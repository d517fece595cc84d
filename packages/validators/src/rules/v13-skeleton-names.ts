import { defineRule } from '../define-rule.ts'
import type { Level } from '../issue.ts'
import { anchorOf, type ToolView } from '../manifest/read-manifest.ts'

const LOOKALIKES: readonly { prefix: string; method: string; what: string; level: Level }[] = [
  { prefix: 'refresh_', method: 'skeleton', what: 'a skeleton refresh', level: 'WARN' },
  { prefix: 'alert_', method: 'skeletonAlert', what: 'a skeleton alert', level: 'INFO' },
]

const lookalike = (tool: ToolView) =>
  tool.isFunction ? undefined : LOOKALIKES.find(({ prefix }) => tool.name.startsWith(prefix))

export const v13SkeletonNames = defineRule({
  id: 'V13',
  needs: 'manifest',
  severity: 'WARN',
  title: 'Only skeletons are named like skeletons',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      const like = lookalike(tool)
      if (like === undefined) continue
      const section = tool.name.slice(like.prefix.length)
      yield {
        level: like.level,
        message: `Tool '${tool.name}' looks like ${like.what}, but the platform does not know it as one`,
        fix: `Use \`ext.${like.method}('${section}', …)\`, or give the tool another name.`,
        at: anchorOf(tool),
      }
    }
  },
})
