import type { ContextSnapshot, HandlerKind } from '@imperal/contract'
import { heldScopes } from '../corridor/check-scopes.ts'
import type { ConfirmedCall } from '../corridor/stages.ts'
import type { KernelParts } from '../parts.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { localTime } from './local-time.ts'
import { resolveConfig } from './resolve-config.ts'

/** These see nobody, not even the identity they run under (sdk.md 3.1). */
const WITHOUT_USER: ReadonlySet<HandlerKind> = new Set(['event', 'health'])

/** What the person chose in the settings; else what an administrator noted of them. */
async function zoneOf(parts: KernelParts, { handler, pass }: ConfirmedCall): Promise<string> {
  const { actor } = pass
  if (actor.kind === 'user' && !WITHOUT_USER.has(handler.kind)) {
    const { timezone } = await parts.identity.settings(actor.tenantId, actor.userId)
    if (timezone !== null) return timezone
  }
  const zone = actor.attributes.timezone
  return typeof zone === 'string' && zone !== '' ? zone : 'UTC'
}

function userOf(call: ConfirmedCall): ContextSnapshot['user'] {
  if (WITHOUT_USER.has(call.handler.kind)) return null
  const { actor } = call.pass
  return {
    imperal_id: actor.userId,
    email: actor.email,
    tenant_id: actor.tenantId,
    agency_id: actor.agencyId,
    org_id: actor.orgId,
    role: actor.role,
    scopes: [...(actor.kind === 'user' ? heldScopes(actor, call.use) : actor.scopes)],
    attributes: actor.attributes,
    is_active: actor.isActive,
  }
}

async function tenantOf(parts: KernelParts, call: ConfirmedCall): Promise<ContextSnapshot['tenant']> {
  if (WITHOUT_USER.has(call.handler.kind)) return null
  const tenant = await parts.identity.tenant(call.pass.actor.tenantId)
  if (tenant === null) return null
  return {
    tenant_id: tenant.tenantId,
    name: tenant.name,
    is_active: tenant.isActive,
    features: tenant.features,
    isolation: tenant.isolation,
  }
}

/** The look of the person's agency, for what a handler draws outside of the panel (sdk 3.2). */
async function themeOf(parts: KernelParts, call: ConfirmedCall): Promise<ContextSnapshot['agency_theme']> {
  const { tenantId, agencyId } = call.pass.actor
  return agencyId === null ? null : parts.identity.agencyTheme(tenantId, agencyId)
}

function modelsOf(parts: KernelParts): Pick<ContextSnapshot, 'models'> {
  const models = parts.llm.models()
  return models === null ? {} : { models }
}

/** Everything that a handler's `ctx` shows without asking again, taken from what the corridor already resolved (K3.35). */
export async function buildSnapshot(
  parts: KernelParts,
  call: ConfirmedCall,
  taskId: string | null,
): Promise<ContextSnapshot> {
  const { app, version } = call.use
  const { versions } = call.pass
  return {
    app_id: app.appId,
    version: version.version,
    user: userOf(call),
    tenant: await tenantOf(parts, call),
    agency_id: call.pass.actor.agencyId,
    agency_theme: await themeOf(parts, call),
    time: localTime(parts.clock.now(), await zoneOf(parts, call)),
    config: await resolveConfig(parts, call.use, call.pass.actor),
    public_url: parts.settings.publicUrl,
    task_id: taskId,
    idempotency_key: idempotencyKeyOf(call, taskId),
    ...modelsOf(parts),
    ...(versions === undefined ? {} : { from_version: versions.from, to_version: versions.to }),
  }
}
