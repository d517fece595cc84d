import { defineRule } from '../define-rule.ts'
import { repeated, wellFormed } from '../manifest/well-formed.ts'

export const m6WebhookPaths = defineRule({
  id: 'M6.3',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'Every webhook has a path of its own',
  *check(subject) {
    for (const { value, index } of repeated((wellFormed(subject)?.webhooks ?? []).map(({ path }) => path))) {
      yield {
        message: `[webhooks.${index}.path] the path '${value}' is there twice`,
        fix: 'Give each webhook another path, and tell methods apart inside one handler.',
        path: ['webhooks', index, 'path'],
        at: { registration: 'webhook', name: value },
      }
    }
  },
})
