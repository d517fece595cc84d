import type { ConsumedConfirmation } from '../confirmations/decide.ts'
import type { StoredCall } from '../confirmations/stored-call.ts'
import type { KernelParts } from '../parts.ts'
import { type AcceptedCall, acceptedByUser } from './accepted-call.ts'
import { bindArguments } from './bind-arguments.ts'
import { checkAccessPolicy } from './check-access-policy.ts'
import { checkScopes } from './check-scopes.ts'
import { checkSecrets } from './check-secrets.ts'
import { confirm, confirmAccepted } from './confirm.ts'
import { execute } from './execute.ts'
import { recordVerified } from './record.ts'
import type {
  AdmittedCall,
  AuthorizedCall,
  AvailableCall,
  BoundCall,
  ConfirmedCall,
  ExecutedCall,
  ReceivedCall,
} from './stages.ts'
import { verify } from './verify.ts'

/** Misuse of the corridor that must not compile; the compiler reports every line that would. */
export function misuse(
  parts: KernelParts,
  calls: {
    received: ReceivedCall
    available: AvailableCall
    authorized: AuthorizedCall
    admitted: AdmittedCall
    bound: BoundCall
    confirmed: ConfirmedCall
    executed: ExecutedCall
  },
  {
    stored,
    consumed,
  }: { stored: StoredCall; consumed: Omit<ConsumedConfirmation, keyof ConsumedConfirmation & symbol> },
): void {
  const { received, available, authorized, admitted, bound, confirmed, executed } = calls
  execute(parts, confirmed)
  // @ts-expect-error a call whose confirmation was not decided
  execute(parts, bound)
  // @ts-expect-error a call whose arguments were not checked
  execute(parts, admitted)
  // @ts-expect-error a call that was not authorized
  execute(parts, available)
  // @ts-expect-error a call that just came in
  execute(parts, received)
  const byHand = {
    ...bound,
    stage: 'confirmed' as const,
    consent: { confirmation: 'user_accepted' as const, confirmationId: 'conf_1' },
  }
  // @ts-expect-error the same facts by hand: only the confirm stage can say that a call is confirmed
  execute(parts, byHand)
  // @ts-expect-error scopes come after availability
  checkScopes(received)
  // @ts-expect-error the policy comes after the scopes
  void checkAccessPolicy(parts, available)
  // @ts-expect-error credits are reserved before secrets are looked at
  void checkSecrets(parts, authorized)
  // @ts-expect-error arguments are bound after quota and secrets
  void bindArguments(parts, authorized)
  // @ts-expect-error a question is asked about checked arguments only
  void confirm(parts, admitted)
  const unconsumed = { ...consumed, confirmationId: 'conf_1', calls: [], traceId: '' } satisfies Omit<
    ConsumedConfirmation,
    symbol
  >
  // @ts-expect-error a confirmation that nobody consumed
  acceptedByUser({ tenantId: 'default', userId: 'imp_u_ada' }, unconsumed, stored)
  const stolen = {
    ...stored,
    intent: admitted.pass.intent,
    consent: byHand.consent,
    task: null,
    callId: undefined,
  } satisfies Omit<AcceptedCall, symbol>
  // @ts-expect-error an acceptance by hand
  void confirmAccepted(parts, admitted, stolen)
  // @ts-expect-error nothing is verified that did not run
  verify(confirmed)
  // @ts-expect-error nothing is recorded as done that was not verified
  void recordVerified(parts, executed)
}
