import { defineRule } from '../define-rule.ts'

export const v12InstallHook = defineRule({
  id: 'V12',
  needs: 'manifest',
  severity: 'INFO',
  title: 'An extension prepares itself on install',
  *check({ manifest }) {
    if (manifest.hasInstallHook) return
    yield {
      message: 'No install hook is registered',
      fix: 'Consider `ext.onInstall(async (ctx) => { … })` for what a new user should find.',
      at: { registration: 'extension' },
    }
  },
})
