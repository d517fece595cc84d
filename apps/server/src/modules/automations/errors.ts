import type { RuleQuota } from '@imperal/contract'
import { defineErrors } from '../../foundation/errors.ts'

export const automationsErrors = defineErrors('AUTOMATIONS', {
  RULE_NOT_FOUND: { kind: 'not_found', message: 'There is no such automation.' },
  EXECUTION_NOT_FOUND: { kind: 'not_found', message: 'There is no such run of this automation.' },
  USER_NOT_FOUND: { kind: 'not_found', message: 'There is no such user.' },
  QUOTA_EXCEEDED: {
    kind: 'rate_limited',
    message: ({ quota }: { quota: RuleQuota }) =>
      `Your plan ${quota.plan} allows ${quota.cap} automations, and you have ${quota.used}.`,
    hint: 'Delete one that you no longer need, or change the plan.',
    wireDetail: ({ quota }: { quota: RuleQuota }) => ({
      error_code: 'AUTOMATION_QUOTA_EXCEEDED',
      quota: { cap: quota.cap, used: quota.used, plan: quota.plan, source: 'plan' },
    }),
  },
  INVALID: {
    kind: 'unprocessable',
    message: ({ problems }: { problems: readonly string[] }) => problems.join(' '),
    hint: 'Choose among the events and functions of GET /v1/automations/choices.',
  },
  NOT_UNDERSTOOD: {
    kind: 'invalid',
    message: ({ why }: { why?: string }) =>
      why ?? 'The words could not be understood as an automation of the apps that you have.',
    hint: 'Say what should happen and when, or build the automation by hand.',
  },
  NO_MODEL: {
    kind: 'invalid',
    message: 'No AI model is set up that could understand the words.',
    hint: 'Build the automation by hand, or set up a model in the settings.',
  },
  APPROVAL_REQUIRED: {
    kind: 'conflict',
    message:
      'A step of this automation cannot be undone, so its owner has to agree to exactly these steps in the panel first.',
    hint: 'Sign in to the panel and resume it with approve set to its approval_needed.',
  },
})
