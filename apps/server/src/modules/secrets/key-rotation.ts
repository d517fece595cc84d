import { admin } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, type Principal, requireInstallation } from '../../foundation/http/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import { CACHE_MS, type DataKeys, INSTALLATION, type KeyProvider } from '../../foundation/keys/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import { resealValues, tenantsWithSecrets } from './reseal-values.ts'

export interface KeyRotationOptions {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly dataKeys: DataKeys
  readonly provider: Pick<KeyProvider, 'rotate'>
  readonly jobs: Pick<Jobs, 'work' | 'send'>
  readonly audit: Pick<Audit, 'record'>
}

export interface KeyStatus {
  readonly provider: string
  readonly current_key_id: string
  /** Data keys by the key that wraps them; more than one id: a rotation is not finished. */
  readonly data_keys: Record<string, number>
  /** Values under the newest data key of their tenant, and under older ones. */
  readonly secrets: { readonly current: number; readonly older: number }
}

export interface KeyRotation {
  status(): Promise<KeyStatus>
  /**
   * Makes a new key in the provider and wraps every data key with it. With `dataKeys`, data keys are made anew as well and
   * every value is sealed with them by jobs. Values stay readable all the time; a rotation that was cut off is finished by
   * the next one.
   */
  rotate(options: { readonly dataKeys: boolean }): Promise<{ key_id: string; rewrapped: number; tenants: number }>
  readonly routes: readonly MountedRoute[]
}

const QUEUE = 'secrets.reseal'
// Until then every node has heard of the installation's new key, and can open what another one seals with it.
const NOTICE_MS = 60_000
// A node that did not hear of a new key may seal with the old one as long as it keeps opened keys, and no longer.
const UNHEARD_SECONDS = CACHE_MS / 1_000 + 30

const COUNT = `select count(*) filter (where s.data_key_id = k.key_id)::int as current, count(*) filter (where s.data_key_id is distinct from k.key_id)::int as older
from secrets.secret s left join lateral (
  select key_id from foundation.data_key d where d.tenant_id = s.tenant_id and active_from <= $1 order by active_from desc, created_at desc limit 1
) k on true`

async function renewDataKeys(options: KeyRotationOptions): Promise<number> {
  const { dataKeys, clock, jobs, db } = options
  for (const owner of await dataKeys.owners())
    await dataKeys.renew(owner, owner === INSTALLATION ? clock.now() + NOTICE_MS : clock.now())
  const tenants = await tenantsWithSecrets(db)
  for (const tenantId of tenants)
    for (const afterSeconds of [0, UNHEARD_SECONDS])
      await jobs.send(QUEUE, { tenant_id: tenantId }, { key: tenantId, afterSeconds })
  return tenants.length
}

function rotationRoutes(options: KeyRotationOptions, rotation: Omit<KeyRotation, 'routes'>): MountedRoute[] {
  const audited = async (principal: Principal | null, metadata: Record<string, string | number | boolean>) =>
    options.audit.record({
      tenantId: principal?.tenantId ?? '',
      actorId: principal?.userId ?? 'service',
      actorType: principal?.kind === 'service' ? 'service' : 'user',
      action: 'secrets.keys_rotated',
      targetType: 'installation',
      metadata,
      source: 'api',
      retentionClass: 'security_forever',
    })
  return [
    implement(admin.keys, async (request) => {
      requireInstallation(request.principal)
      return rotation.status()
    }),
    implement(admin.rotateKeys, async (request) => {
      requireInstallation(request.principal)
      const { data_keys: withDataKeys } = request.body
      const done = await rotation.rotate({ dataKeys: withDataKeys })
      await audited(request.principal, { key_id: done.key_id, data_keys: withDataKeys, rewrapped: done.rewrapped })
      return done
    }),
  ]
}

/** Renews keys while everything goes on. Any node may do it. */
export async function openKeyRotation(options: KeyRotationOptions): Promise<KeyRotation> {
  const { db, clock, log, dataKeys, jobs, provider } = options
  await jobs.work<{ tenant_id: string }>(
    QUEUE,
    { concurrency: 1, retries: 5, retryDelaySeconds: 30 },
    async ({ data }) => {
      const done = await resealValues(options, data.tenant_id)
      if (done.unreadable > 0)
        log.error({ tenant: data.tenant_id, ...done }, 'some secrets do not open and were left as they are')
      else log.info({ tenant: data.tenant_id, ...done }, 'secrets were sealed anew')
    },
  )
  const rotation: Omit<KeyRotation, 'routes'> = {
    async status() {
      const facts = await dataKeys.facts()
      const [result] = await db.atomic(EVERY_TENANT, [{ text: COUNT, values: [clock.iso()] }])
      const { current = 0, older = 0 } = result?.rows[0] ?? {}
      return {
        provider: facts.provider,
        current_key_id: facts.currentKeyId,
        data_keys: { ...facts.wrappedBy },
        secrets: { current, older },
      }
    },
    async rotate({ dataKeys: withDataKeys }) {
      const keyId = await provider.rotate()
      const tenants = withDataKeys ? await renewDataKeys(options) : 0
      return { key_id: keyId, rewrapped: await dataKeys.rewrap(), tenants }
    },
  }
  return { ...rotation, routes: rotationRoutes(options, rotation) }
}
