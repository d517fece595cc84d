import { defineRule } from '../define-rule.ts'
import { anchorOf, isChange } from '../manifest/read-manifest.ts'

export const v20Effects = defineRule({
  id: 'V20',
  needs: 'manifest',
  severity: 'WARN',
  title: 'A function that changes something says what',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (!tool.isFunction || !isChange(tool) || tool.effects.length > 0) continue
      yield {
        message: `Function '${tool.name}' (${tool.actionType}) declares no effects`,
        fix: "Add what it changes, verb first: `effects: ['create:note']`.",
        at: anchorOf(tool, 'effects'),
      }
    }
  },
})
