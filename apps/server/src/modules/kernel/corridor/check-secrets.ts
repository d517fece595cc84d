import type { HandlerKind } from '@imperal/contract'
import type { StoreScope } from '../../../foundation/scope.ts'
import { appScope, type SecretDeclaration } from '../../secrets/index.ts'
import { appSecrets, declaredSecrets } from '../context/declared-secrets.ts'
import { platformEvent } from '../ledger/messages.ts'
import type { KernelParts } from '../parts.ts'
import { type AdmittedCall, type FundedCall, type Refusal, type RefusedCall, refuse } from './stages.ts'

const ASKED: ReadonlySet<HandlerKind> = new Set(['function', 'tool', 'expose'])

function missingOfUser(
  { use }: FundedCall,
  { tenantId, userId }: StoreScope,
  timestamp: string,
  missing: readonly string[],
): Refusal {
  const { appId, name: appName } = use.app
  const card = declaredSecrets(use.version.manifest)
    .filter((secret) => missing.includes(secret.name))
    .map(({ name, description }) => ({ name, description }))
  return {
    ledger: 'denied',
    code: 'SECRET_MISSING',
    message: `${appName} needs ${missing.length === 1 ? 'a secret' : 'secrets'} from you first: ${missing.join(', ')}.`,
    messages: [
      platformEvent('secret.missing', { app_id: appId, secrets: [...missing] }, { tenantId, userId, timestamp }),
    ],
    data: { secret_missing_card: { app_id: appId, secrets: card, link: `/ext/${appId}/secrets` } },
  }
}

/** The user can do nothing about it, and is not told what is missing. */
const missingOfApp = ({ use }: FundedCall): Refusal => ({
  ledger: 'denied',
  code: 'SECRET_MISSING',
  message: `${use.app.name} is not set up yet: its developer has to store a secret of the app first.`,
})

/** G6: functions and tools do not run while a required secret is unset; panels and hooks cope without (K3.19). */
export async function checkSecrets(parts: KernelParts, call: FundedCall): Promise<AdmittedCall | RefusedCall> {
  const { pass, use, handler } = call
  const admitted = { ...call, stage: 'admitted' } as unknown as AdmittedCall // the only place that may say so
  const { app, version } = use
  if (!ASKED.has(handler.kind)) return admitted
  const missing = (scope: StoreScope, declared: readonly SecretDeclaration[]): Promise<string[]> | string[] =>
    declared.some((secret) => secret.required) ? parts.secrets.missing(scope, declared) : []
  const shared = await missing(appScope(app.appId, { tenantId: app.ownerTenantId }), appSecrets(version.manifest))
  if (shared.length > 0) return refuse(call, missingOfApp(call))
  if (pass.actor.kind !== 'user') return admitted
  const { tenantId, userId } = pass.actor
  const person = { tenantId, userId, appId: app.appId }
  const own = await missing(person, declaredSecrets(version.manifest))
  return own.length === 0 ? admitted : refuse(call, missingOfUser(call, person, parts.clock.iso(), own))
}
