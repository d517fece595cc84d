import type { ActionType } from '../action-result.ts'
import type { JsonObject } from '../json.ts'
import { checkIdShape, type FabricatedId } from './check-id-shape.ts'
import { checkPlaceholderArgs, type ProposedCall, placeholderPaths } from './check-placeholder-args.ts'
import { type BledCode, bledCode, checkWriteArgBleed } from './check-write-arg-bleed.ts'
import type { LedgerEntry } from './ledger.ts'

/** What a turn is about, as the classifier read it; `chain` and `automation` leave it to each function. */
export type TurnIntent = ActionType | 'chain' | 'automation'

/** Which kinds of calls a user wants to be asked about: by name, or a list of them. */
export type ConfirmationActions =
  | { readonly read?: boolean; readonly write?: boolean; readonly destructive?: boolean; readonly all?: boolean }
  | readonly (ActionType | 'all')[]

export interface ConfirmationPolicy {
  /** Whether confirmation is on for the turn. */
  readonly required: boolean
  readonly actions: ConfirmationActions
}

/** What the kernel says about a user whom the arguments name (K3.20). */
export interface TargetAnswer {
  readonly allowed: boolean
  readonly targetUserId: string | null
  readonly requiredScope: string | null
  readonly forceConfirmation: boolean
  readonly crossUser: boolean
}

/** What the kernel is asked. An absent bag of connected addresses is an empty list, which narrows. */
export interface TargetQuestion {
  readonly input: ProposedCall['input']
  readonly actionType: ActionType
  readonly callerId: string
  readonly callerEmail: string | null
  readonly scopes: readonly string[]
  readonly connectedEmails: readonly string[]
}

export interface GuardFacts {
  /** Of the function that is called. */
  readonly actionType: ActionType
  readonly intent: TurnIntent
  /** Earlier calls of the turn. */
  readonly ledger: readonly LedgerEntry[]
  readonly confirmation: ConfirmationPolicy
  readonly caller: Omit<TargetQuestion, 'input' | 'actionType' | 'connectedEmails'> & {
    readonly connectedEmails?: readonly string[]
  }
  /** Absent: there is no kernel to ask, and the call is not allowed. */
  readonly targetScope?: (question: TargetQuestion) => Promise<TargetAnswer>
}

export type GuardName = 'placeholder_args' | 'write_arg_bleed' | 'target_scope' | 'confirmation'

/** What the guards make of a call: it goes on, the model is told to correct itself, or the user is asked. */
export type GuardVerdict =
  | { readonly outcome: 'continue'; readonly intent: TurnIntent }
  | {
      readonly outcome: 'blocked' | 'intercepted'
      readonly guard: GuardName
      /** The envelope of sdk.md 9.1, for the model. */
      readonly content: JsonObject
      /** The one entry that the call leaves in the ledger. */
      readonly entry: LedgerEntry
    }

/** Guard 5: whether calls of this kind wait for the user. Reads never do. */
export function wantsConfirmation(actionType: ActionType, { required, actions }: ConfirmationPolicy): boolean {
  if (!required || actionType === 'read') return false
  if (isList(actions)) return actions.includes(actionType) || actions.includes('all')
  return actions[actionType] === true || actions.all === true
}

const isList = (actions: ConfirmationActions): actions is readonly (ActionType | 'all')[] => Array.isArray(actions)

/** Guard 1: a turn that was read as harmless is as strong as the function that its model chose. Never blocks. */
export const raisedIntent = (intent: TurnIntent, actionType: ActionType): TurnIntent =>
  intent === 'read' ? actionType : intent

/** Why arguments are refused before they meet the schema, in facts: who refuses says it in their own words. */
export type ArgumentRefusal =
  | ({ readonly guard: 'id_shape' } & FabricatedId)
  | { readonly guard: 'placeholder_args'; readonly paths: readonly string[] }
  | ({ readonly guard: 'write_arg_bleed' } & BledCode)

/**
 * What no model may put into arguments, in the order of kernel 3.4: an invented id (K3.10), a placeholder (K3.16), the error
 * of an earlier call (K3.17). Null: the arguments go on to their schema.
 */
export function checkArguments(
  input: ProposedCall['input'],
  facts: { readonly actionType: ActionType; readonly failedCodes: readonly string[] },
): ArgumentRefusal | null {
  const invented = checkIdShape(input)
  if (invented !== null) return { guard: 'id_shape', ...invented }
  const paths = placeholderPaths(input)
  if (paths.length > 0) return { guard: 'placeholder_args', paths }
  const bled = bledCode(input, facts)
  return bled === null ? null : { guard: 'write_arg_bleed', ...bled }
}

type Ended = Exclude<GuardVerdict, { outcome: 'continue' }>

function ended(call: ProposedCall, facts: GuardFacts, how: Pick<Ended, 'outcome' | 'guard' | 'content'>): Ended {
  const entry: LedgerEntry = {
    name: call.name,
    params: call.input,
    actionType: facts.actionType,
    success: false,
    intercepted: how.outcome === 'intercepted',
    event: '',
    result: how.content,
  }
  return { ...how, entry }
}

const blocked = (call: ProposedCall, facts: GuardFacts, refusal: { guard: GuardName; error: string }): Ended =>
  ended(call, facts, {
    outcome: 'blocked',
    guard: refusal.guard,
    content: { RESULT: 'BLOCKED', error: refusal.error },
  })

const intercepted = (call: ProposedCall, facts: GuardFacts, asked: { guard: GuardName; message: string }): Ended =>
  ended(call, facts, {
    outcome: 'intercepted',
    guard: asked.guard,
    content: {
      RESULT: 'INTERCEPTED',
      message: asked.message,
      function: call.name,
      params: call.input as JsonObject, // what a model sent
      action_type: facts.actionType,
    },
  })

async function checkTarget(call: ProposedCall, facts: GuardFacts): Promise<Ended | null> {
  const { actionType, caller, targetScope, confirmation } = facts
  const question = { ...caller, connectedEmails: caller.connectedEmails ?? [], input: call.input, actionType }
  const answer = await targetScope?.(question)
  if (answer === undefined)
    return blocked(call, facts, {
      guard: 'target_scope',
      error: `TARGET_SCOPE rejected: nobody can say whom ${call.name} concerns, so it is not allowed.`,
    })
  if (!answer.allowed)
    return blocked(call, facts, {
      guard: 'target_scope',
      error: `TARGET_SCOPE rejected: ${call.name} concerns ${answer.targetUserId ?? 'another user'}; that needs the permission ${answer.requiredScope ?? 'of an administrator'}.`,
    })
  // Off is also a policy that does not ask about this kind.
  if (!answer.forceConfirmation || wantsConfirmation(actionType, confirmation)) return null
  return intercepted(call, facts, {
    guard: 'target_scope',
    message: `${call.name} concerns ${answer.targetUserId ?? 'another user'} and needs a confirmation.`,
  })
}

/**
 * All guards of a proposed call, in their order (sdk.md 9.2): intent, placeholders, bled errors, target scope, confirmation.
 * The first that objects decides. The name of the function and the shape of ids are looked at before (9.3, 9.4).
 */
export async function checkGuards(call: ProposedCall, facts: GuardFacts): Promise<GuardVerdict> {
  const placeholder = checkPlaceholderArgs(call)
  if (placeholder !== null) return blocked(call, facts, { guard: 'placeholder_args', error: placeholder })
  const bleed = checkWriteArgBleed(call, facts.ledger, facts.actionType)
  if (bleed !== null) return blocked(call, facts, { guard: 'write_arg_bleed', error: bleed })
  const target = await checkTarget(call, facts)
  if (target !== null) return target
  if (wantsConfirmation(facts.actionType, facts.confirmation))
    return intercepted(call, facts, {
      guard: 'confirmation',
      message: `${call.name} waits for the user's confirmation.`,
    })
  return { outcome: 'continue', intent: raisedIntent(facts.intent, facts.actionType) }
}
