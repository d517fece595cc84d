import { defineRule } from '../define-rule.ts'
import { anchorOf } from '../manifest/read-manifest.ts'

export const v25UmbrellaTool = defineRule({
  id: 'V25',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'No tool stands for a whole chat extension',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (!/^tool_.+_chat$/.test(tool.name)) continue
      yield {
        message: `Tool '${tool.name}' has the name of an umbrella tool, which the platform no longer calls`,
        fix: 'Rebuild with this SDK, or give the tool another name.',
        at: anchorOf(tool),
      }
    }
  },
})
