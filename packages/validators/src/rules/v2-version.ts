import { defineRule } from '../define-rule.ts'

export const v2Version = defineRule({
  id: 'V2',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'The version is semantic',
  *check({ manifest: { version } }) {
    if (/^\d+\.\d+\.\d+/.test(version)) return
    yield {
      message: `The version '${version}' is not semantic: three numbers with dots between them`,
      fix: "Begin with '1.0.0'.",
      at: { registration: 'extension', option: 'version' },
    }
  },
})
