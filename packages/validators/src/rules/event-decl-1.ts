import { defineRule } from '../define-rule.ts'
import { anchorOf, isChange } from '../manifest/read-manifest.ts'

export const eventDecl1 = defineRule({
  id: 'EVENT-DECL-1',
  needs: 'manifest',
  severity: 'WARN',
  title: 'Published events are declared',
  *check({ manifest }) {
    const own = `${manifest.appId}.`
    for (const tool of manifest.tools) {
      if (!isChange(tool) || tool.event === '') continue
      const type = tool.event.startsWith(own) ? tool.event : own + tool.event
      if (manifest.emits.includes(type)) continue
      yield {
        message: `Function '${tool.name}' publishes '${type}', which the app does not declare`,
        fix: `Declare it and pass what comes back: \`event: ext.emits('${type}')\`.`,
        at: anchorOf(tool, 'event'),
      }
    }
  },
})
