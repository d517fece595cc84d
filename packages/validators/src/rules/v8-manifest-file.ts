import { defineRule } from '../define-rule.ts'

/** The CLI drops this finding, because it has looked. */
export const v8ManifestFile = defineRule({
  id: 'V8',
  needs: 'extension',
  severity: 'WARN',
  title: 'The manifest on disk was looked at',
  *check() {
    yield {
      message: 'The manifest file was not looked at: only the loaded extension was',
      fix: 'Run `imperal validate` for the full check.',
    }
  },
})
