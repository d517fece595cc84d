import { defineRule } from '../define-rule.ts'
import { anchorOf, isChange } from '../manifest/read-manifest.ts'

export const v10Event = defineRule({
  id: 'V10',
  needs: 'manifest',
  severity: 'WARN',
  title: 'A function that changes something publishes an event',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (!tool.isFunction || !isChange(tool) || tool.event !== '') continue
      const proposal = `${manifest.appId}.${tool.name.replace(/^fn_/, '')}`
      yield {
        message: `Function '${tool.name}' (${tool.actionType}) publishes no event`,
        fix: `Add \`event: ext.emits('${proposal}')\`.`,
        at: anchorOf(tool),
      }
    }
  },
})
