export { automationsErrors } from './errors.ts'
export { forgetAutomations } from './forget-user.ts'
export { RULE_CURSOR } from './match-events.ts'
export { openAutomations } from './open-automations.ts'
export { countRules } from './rule-quota.ts'
export type { Automations, AutomationsOptions, FreeText, FreeTextAnswer, Owner } from './types.ts'

import './tables.ts'
