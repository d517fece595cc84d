import { type JsonObject, type JsonValue, UpdateSettingsRequest } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { type Acting, actOf } from '../audit/index.ts'
import { type IdentityContext, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { checkedModelAddress } from './model-address.ts'
import { announce } from './records.ts'
import { mergeSettings, resolveSettings } from './resolve-settings.ts'
import type { OwnModel, UserSettings } from './types.ts'

interface Owner {
  readonly tenantId: string
  readonly userId: string
}

const seals = (userId: string) => `identity.user_settings.llm_key:${userId}`
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const NOBODY = resolveSettings({ tenant: {}, policy: 'default_off', user: {}, hasKey: false })

/** Settings with every default filled in. Nobody (`__system__`, an unknown id) has the platform's defaults. */
export async function readSettings(context: IdentityContext, owner: Owner): Promise<UserSettings> {
  return (await context.directory.settings(owner.tenantId, owner.userId))?.settings ?? NOBODY
}

const text = (value: JsonValue | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** The user's own model with its key, for the module that talks to models. Null: none is set. */
export async function readOwnModel(context: IdentityContext, owner: Owner): Promise<OwnModel | null> {
  const record = await context.directory.settings(owner.tenantId, owner.userId)
  const llm = record?.settings.llm
  if (!record || !llm) return null
  return {
    provider: llm.provider as OwnModel['provider'], // one of the four since it was stored
    model: text(llm.model) ?? '',
    routingModel: text(llm.routing_model),
    executionModel: text(llm.execution_model),
    navigateModel: text(llm.navigate_model),
    baseUrl: text(llm.base_url),
    apiKey: record.sealedKey === null ? null : context.keyring.open(record.sealedKey, seals(owner.userId)),
    fallback: llm.byollm_fallback === 'error' ? 'error' : 'platform',
  }
}

/** The list form `['write', 'all']` says which action types ask. */
function actionsOf(given: UpdateSettingsRequest['confirmation_actions']): JsonValue | undefined {
  if (!Array.isArray(given)) return given as JsonValue | undefined // members that are undefined vanish in JSON
  const asks = new Set<string>(given)
  return { write: asks.has('write'), destructive: asks.has('destructive'), all: asks.has('all') }
}

interface Stored {
  readonly settings: JsonObject
  readonly sealedKey: string | null
}

/** A key stays with the provider and address that it was given for: nobody can point it at another server. */
function keptKey(before: Stored, llm: JsonObject): string | null {
  const old = before.settings.llm
  const same = isObject(old) && old.provider === llm.provider && (old.base_url ?? null) === (llm.base_url ?? null)
  return same ? before.sealedKey : null
}

function applyModel(context: IdentityContext, userId: string, change: UpdateSettingsRequest, before: Stored): Stored {
  if (change.llm === undefined) return before
  const { llm: _old, ...rest } = before.settings
  if (change.llm === null) return { settings: rest, sealedKey: null }
  const { api_key: key, base_url: baseUrl, ...given } = change.llm
  const llm: JsonObject = {
    ...(given as JsonObject),
    base_url: baseUrl ? checkedModelAddress(baseUrl, context.policy.allowPrivateNetwork) : null,
    byollm_fallback: given.byollm_fallback ?? 'platform',
  }
  const sealedKey = key === undefined ? keptKey(before, llm) : key ? context.keyring.seal(key, seals(userId)) : null
  return { settings: { ...rest, llm }, sealedKey }
}

/** The stored settings, held until the transaction ends, so that two changes at once both count. */
async function holdSettings(context: IdentityContext, tx: Tx, owner: Owner): Promise<Stored> {
  await tx
    .insertInto('identity.user_settings')
    .values({
      user_id: owner.userId,
      tenant_id: owner.tenantId,
      settings: {},
      llm_key_sealed: null,
      updated_at: moment(context),
    })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute()
  const row = await tx
    .selectFrom('identity.user_settings')
    .select(['settings', 'llm_key_sealed'])
    .where('user_id', '=', owner.userId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { settings: row.settings, sealedKey: row.llm_key_sealed }
}

/** Changes some settings and answers all of them; `by` is the request that asked for it, for the log. @throws IDENTITY_CONFIRMATION_ENFORCED, IDENTITY_MODEL_ADDRESS_REFUSED */
export async function changeSettings(
  context: IdentityContext,
  { by, ...owner }: Owner & { readonly by?: Acting },
  change: UpdateSettingsRequest,
): Promise<UserSettings> {
  const current = await readSettings(context, owner)
  if (change.confirmation_enabled === false && current.role_confirmation_policy === 'enforced')
    throw identityErrors.CONFIRMATION_ENFORCED()
  const { llm: _llm, confirmation_actions: actions, ...plain } = change
  const given = Object.fromEntries(
    Object.entries({ ...plain, confirmation_actions: actionsOf(actions) }).filter(([, value]) => value !== undefined),
  ) as JsonObject
  await context.changes.tenant(owner.tenantId, async (tx, tell) => {
    const before = await holdSettings(context, tx, owner)
    const merged = { ...before, settings: mergeSettings(before.settings, given) }
    const next = applyModel(context, owner.userId, change, merged)
    await tx
      .updateTable('identity.user_settings')
      .set({ settings: next.settings, llm_key_sealed: next.sealedKey, updated_at: moment(context) })
      .where('user_id', '=', owner.userId)
      .execute()
    await tell(`settings:${owner.userId}`)
    const data = { changed: Object.keys(change) }
    if (by !== undefined)
      await context.audit.append(tx, {
        ...actOf(by),
        ...owner,
        action: 'user.settings_changed',
        targetType: 'user',
        targetId: owner.userId,
        metadata: data,
      })
    await announce(context, tx, { ...owner, type: 'settings.changed', data })
  })
  return readSettings(context, owner)
}

/** Takes a person's time zone from where they speak from, unless one is set. What is no time zone is passed over. */
export async function adoptTimezone(context: IdentityContext, owner: Owner, zone: string): Promise<void> {
  const { success, data } = UpdateSettingsRequest.pick({ timezone: true }).safeParse({ timezone: zone })
  if (!success || zone === '' || (await readSettings(context, owner)).timezone !== null) return
  await changeSettings(context, owner, data)
}
