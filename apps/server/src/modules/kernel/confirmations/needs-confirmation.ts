import type { ActionType } from '@imperal/contract'
import { wantsConfirmation } from '@imperal/contract/guards'
import type { UserSettings } from '../../identity/index.ts'
import type { CallSource } from '../types.ts'

const PEOPLE: ReadonlySet<CallSource> = new Set(['chat', 'panel', 'api', 'mcp', 'tools'])

/** Whether a person stands behind calls of this source, so that a question can be asked. */
export const isPersonSource = (source: CallSource): boolean => PEOPLE.has(source)

export interface ConfirmationQuestion {
  readonly source: CallSource
  readonly appId: string
  readonly functionName: string
  readonly actionType: ActionType
  /** The target scope guard insists (K3.20). */
  readonly escalated: boolean
  /** The person approved inside the calling program; counts for writes only. */
  readonly bypassed: boolean
}

function asksForWrites(settings: UserSettings, question: ConfirmationQuestion): boolean {
  // What the operator fixed for the role, no setting of the user changes.
  if (settings.role_confirmation_policy === 'enforced') return true
  if (settings.role_confirmation_policy === 'disabled') return false
  const overrides = settings.confirmation_overrides
  const specific = overrides[`${question.appId}.${question.functionName}`] ?? overrides[question.appId]
  if (specific !== undefined) return specific
  return wantsConfirmation('write', { required: settings.confirmation_enabled, actions: settings.confirmation_actions })
}

export type ConfirmationNeed = 'ask' | 'not_required' | 'pre_authorised' | 'bypassed'

/** The rules of kernel 3.5 in their order; the first that fits decides. Destructive calls of people always ask. */
export async function needsConfirmation(
  question: ConfirmationQuestion,
  settings: () => Promise<UserSettings>,
): Promise<ConfirmationNeed> {
  if (question.source === 'automation') return 'pre_authorised'
  if (!isPersonSource(question.source)) return 'not_required'
  if (question.escalated || question.actionType === 'destructive') return 'ask'
  if (question.actionType === 'read' || !asksForWrites(await settings(), question)) return 'not_required'
  return question.bypassed ? 'bypassed' : 'ask'
}
