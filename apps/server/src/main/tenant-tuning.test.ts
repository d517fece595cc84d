import { AssistantLimits, LLM_PURPOSES, TENANT_DEFAULTS } from '@imperal/contract'
import { expect, test } from 'vitest'
import { limitsOfTenant, tuningOfTenant } from './tenant-tuning.ts'

const USUAL = AssistantLimits.parse({})

test('[kernel 9.4a] limits of a tenant stand before those of the installation, and everything else stays', () => {
  expect(limitsOfTenant(USUAL, {})).toBe(USUAL)
  expect(limitsOfTenant(USUAL, { narration_history_limit: 5, purpose_routing_top_p: 0.2 })).toEqual({
    ...USUAL,
    narration_history_limit: 5,
  })
})

test('[kernel 9.4a] every default that a tenant can set changes something', () => {
  const inEffect = Object.keys(TENANT_DEFAULTS).filter((name) => {
    const value = name.startsWith('purpose_') ? 0.5 : name === 'default_confirmation_enabled' ? true : 777
    const isLimit = Object.hasOwn(AssistantLimits.shape, name)
    const isTuning = Object.keys(LLM_PURPOSES).some(
      (purpose) => Object.keys(tuningOfTenant({ [name]: value }, purpose as keyof typeof LLM_PURPOSES)).length > 0,
    )
    // Stands behind what users set themselves.
    const isOfUsers = name === 'default_confirmation_enabled'
    return isLimit || isTuning || isOfUsers
  })
  expect(inEffect).toEqual(Object.keys(TENANT_DEFAULTS))
})

test('[K9.2] tokens and sampling of a purpose are told to models, of the purpose alone', () => {
  const defaults = {
    intent_classifier_planner_max_tokens: 600,
    purpose_routing_top_p: 0.2,
    purpose_judge_temperature: 0,
  }
  expect(tuningOfTenant(defaults, 'routing')).toEqual({ maxTokens: 600, topP: 0.2 })
  expect(tuningOfTenant(defaults, 'judge')).toEqual({ temperature: 0 })
  expect(tuningOfTenant(defaults, 'navigate')).toEqual({})
})
