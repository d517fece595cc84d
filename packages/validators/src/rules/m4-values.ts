import { defineRule } from '../define-rule.ts'
import { wrongValues } from '../manifest/wrong-values.ts'

export const m4Values = defineRule({
  id: 'M4',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'Every field has a value of its form',
  check: (subject) => wrongValues(subject, false),
})
