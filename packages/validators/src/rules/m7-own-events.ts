import { defineRule } from '../define-rule.ts'
import { wellFormed } from '../manifest/well-formed.ts'

export const m7OwnEvents = defineRule({
  id: 'M7.3',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'An app declares events of its own namespace only',
  *check(subject) {
    const manifest = wellFormed(subject)
    for (const [index, { type }] of (manifest?.events?.emits ?? []).entries()) {
      if (type.startsWith(`${manifest?.app_id}.`)) continue
      yield {
        message: `[events.emits.${index}.type] '${type}' does not begin with '${manifest?.app_id}.'`,
        fix: `Name it '${manifest?.app_id}.${type.split('.').at(-1)}'.`,
        path: ['events', 'emits', index, 'type'],
        at: { registration: 'emits', name: type },
      }
    }
  },
})
