import { defineRule } from '../define-rule.ts'
import { repeated, wellFormed } from '../manifest/well-formed.ts'

export const m6WebhookPaths = defineRule({
  id: 'M6.3',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'Every webhook has a path of its own',
  *check(subject) {
    for (const path of repeated((wellFormed(subject)?.webhooks ?? []).map((webhook) => webhook.path))) {
      yield {
        message: `[webhooks] the path '${path}' is there twice`,
        fix: 'Give each webhook another path, and tell methods apart inside one handler.',
        at: { registration: 'webhook', name: path },
      }
    }
  },
})
