import { effectiveActionType } from '@imperal/contract'
import { defineRule } from '../define-rule.ts'
import { anchorOf } from '../manifest/read-manifest.ts'

export const nameAction1 = defineRule({
  id: 'NAME-ACTION-1',
  needs: 'manifest',
  severity: 'WARN',
  title: 'A function that only reads is not named like a change',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (!tool.isFunction || tool.actionType !== 'read') continue
      if (effectiveActionType(tool.name, 'read') === 'read') continue
      yield {
        message: `Function '${tool.name}' says that it reads, but its name promises a change: the platform treats it as a write`,
        fix: 'Set the action type that is true, or choose another name.',
        at: anchorOf(tool),
      }
    }
  },
})
