import { defineRule } from '../define-rule.ts'

export const v35FileSinks = defineRule({
  id: 'V35',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'A file sink leads to a tool of the app',
  *check({ manifest }) {
    const names = new Set(manifest.tools.map(({ name }) => name))
    for (const sink of manifest.fileSinks) {
      if (names.has(sink)) continue
      yield {
        message: `The file sink '${sink}' leads to a tool that the app does not have`,
        fix: 'Declare the tool, or correct the name.',
        at: { registration: 'fileSink', name: sink },
      }
    }
  },
})
