import { defineRule } from '../define-rule.ts'
import { anchorOf, labelOf } from '../manifest/read-manifest.ts'

const ACTION_TYPES: ReadonlySet<string> = new Set(['read', 'write', 'destructive'])

export const v4ActionType = defineRule({
  id: 'V4',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'A function reads, writes or destroys',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (ACTION_TYPES.has(tool.actionType)) continue
      yield {
        message: `${labelOf(tool)} has the action type '${tool.actionType}'`,
        fix: "Choose 'read', 'write' or 'destructive'.",
        at: anchorOf(tool, 'actionType'),
      }
    }
  },
})
