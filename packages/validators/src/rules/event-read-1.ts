import { defineRule } from '../define-rule.ts'
import { anchorOf } from '../manifest/read-manifest.ts'

export const eventRead1 = defineRule({
  id: 'EVENT-READ-1',
  needs: 'manifest',
  severity: 'WARN',
  title: 'A function that only reads publishes nothing',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (tool.actionType !== 'read' || tool.event === '') continue
      yield {
        message: `Function '${tool.name}' only reads, so its event '${tool.event}' is never published`,
        fix: "Drop `event`, or set `actionType: 'write'` when it changes something.",
        at: anchorOf(tool, 'event'),
      }
    }
  },
})
