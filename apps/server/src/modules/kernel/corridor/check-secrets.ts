import { declaredSecrets } from '../context/declared-secrets.ts'
import { platformEvent } from '../ledger/messages.ts'
import type { KernelParts } from '../parts.ts'
import { type AdmittedCall, type FundedCall, type RefusedCall, refuse } from './stages.ts'

/** G6: functions and tools do not run while a required secret of the user is unset; panels and hooks cope without (K3.19). */
export async function checkSecrets(parts: KernelParts, call: FundedCall): Promise<AdmittedCall | RefusedCall> {
  const { pass, use, handler } = call
  const admitted = { ...call, stage: 'admitted' } as unknown as AdmittedCall // the only place that may say so
  if (handler.kind !== 'function' && handler.kind !== 'tool' && handler.kind !== 'expose') return admitted
  const declared = declaredSecrets(use.version.manifest)
  if (!declared.some((secret) => secret.required) || pass.actor.kind !== 'user') return admitted
  const scope = { tenantId: pass.actor.tenantId, appId: use.app.appId, userId: pass.actor.userId }
  const missing = await parts.secrets.missing(scope, declared)
  if (missing.length === 0) return admitted
  const card = declared
    .filter((secret) => missing.includes(secret.name))
    .map(({ name, description }) => ({ name, description }))
  return refuse(call, {
    ledger: 'denied',
    code: 'SECRET_MISSING',
    message: `${use.app.name} needs ${missing.length === 1 ? 'a secret' : 'secrets'} from you first: ${missing.join(', ')}.`,
    messages: [
      platformEvent(
        'secret.missing',
        { app_id: use.app.appId, secrets: [...missing] },
        { tenantId: pass.actor.tenantId, userId: pass.actor.userId, timestamp: parts.clock.iso() },
      ),
    ],
    data: { secret_missing_card: { app_id: use.app.appId, secrets: card, link: `/ext/${use.app.appId}/secrets` } },
  })
}
