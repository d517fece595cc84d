import { defineRule } from '../define-rule.ts'
import { wrongValues } from '../manifest/wrong-values.ts'

export const m5CallableValues = defineRule({
  id: 'M5',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'Tools, signals and schedules have values of their form',
  check: (subject) => wrongValues(subject, true),
})
