import { defineRule } from '../define-rule.ts'
import { isSynthetic } from '../manifest/read-manifest.ts'

export const v3SomethingToCall = defineRule({
  id: 'V3',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'An extension has a tool or a chat extension',
  *check({ manifest, extension }) {
    const hasTool = manifest.tools.some(({ name }) => !isSynthetic(name))
    if (hasTool || (extension?.chatExtensions?.size ?? 0) > 0) return
    yield {
      message: 'There is nothing to call: the extension has neither a tool nor a chat extension',
      fix: 'Add a function with `new ChatExtension(ext, …).function(…)`, or a tool with `ext.tool(…)`.',
      at: { registration: 'extension' },
    }
  },
})
