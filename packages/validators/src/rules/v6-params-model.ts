import { defineRule } from '../define-rule.ts'
import { anchorOf } from '../manifest/read-manifest.ts'

export const v6ParamsModel = defineRule({
  id: 'V6',
  needs: 'manifest',
  severity: 'WARN',
  title: 'A function with parameters has a model of them',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (!tool.isFunction || tool.parameters === undefined || tool.paramsSchema !== undefined) continue
      yield {
        message: `Function '${tool.name}' lists parameters without a model of them`,
        fix: 'Give `params: z.object({ … })` in its options.',
        at: anchorOf(tool, 'params'),
      }
    }
  },
})
