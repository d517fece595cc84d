import { defineRule } from '../define-rule.ts'

export const v9HealthCheck = defineRule({
  id: 'V9',
  needs: 'manifest',
  severity: 'WARN',
  title: 'An extension has a health check',
  *check({ manifest }) {
    if (manifest.hasHealthCheck) return
    yield {
      message: 'No health check is registered, so nobody hears of an outage before a user does',
      fix: 'Add `ext.healthCheck(() => HealthStatus.ok())`, and look there at what the app depends on.',
      at: { registration: 'extension' },
    }
  },
})
