import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { DataKeys } from '../../foundation/keys/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { Audit, AuditEntry } from '../audit/index.ts'
import { checkSize, checkWriter, declarationOf } from './check-declaration.ts'
import { type Digest, digestOf } from './digest.ts'
import { secretsHandlers } from './routes.ts'
import { openValue, sealValue } from './seal-value.ts'
import { openSetNames } from './set-names.ts'
import type { SecretDeclaration, Secrets } from './types.ts'
import { deleteSecret, failClosed, findSecret, listSecrets, markAccessed, putSecret } from './vault.ts'

export interface SecretsOptions {
  readonly db: Database
  readonly bus: Bus
  readonly clock: Clock
  /** Opens values of the first form. */
  readonly keyring: Keyring
  readonly dataKeys: Pick<DataKeys, 'current' | 'find'>
  readonly audit: Pick<Audit, 'recording'>
  /** What the deployed manifest of an app declares; null when the user does not have the app. */
  readonly declarations: (
    user: { readonly tenantId: string; readonly userId: string },
    appId: string,
  ) => Promise<readonly SecretDeclaration[] | null>
}

type By = 'user' | 'extension' | 'platform'
const NOTHING: Digest = { length: 0, sha256_prefix: '' }
const seconds = (date: Date | null): number | null => (date === null ? null : Math.floor(date.getTime() / 1_000))

function entryOf(action: string, scope: StoreScope, about: { name: string; by: By; digest: Digest }): AuditEntry {
  return {
    tenantId: scope.tenantId,
    actorId: about.by === 'platform' ? 'platform' : scope.userId,
    actorType: about.by === 'platform' ? 'system' : 'user',
    userId: scope.userId,
    action,
    targetType: 'secret',
    targetId: `${scope.appId}/${about.name}`,
    metadata: { by: about.by, length: about.digest.length, sha256_prefix: about.digest.sha256_prefix },
    source: about.by === 'user' ? 'panel' : about.by,
    retentionClass: 'security_forever',
  }
}

export function openSecrets(options: SecretsOptions): Secrets {
  const { db, clock, audit } = options
  const setNames = openSetNames(options.bus)
  const namesOf = (scope: StoreScope) =>
    failClosed(() => setNames.get(scope, async () => (await listSecrets(db, scope)).map((row) => row.name)))

  const secrets: Omit<Secrets, 'routes'> = {
    async get(scope, declared, name, by) {
      declarationOf(declared, name)
      return failClosed(async () => {
        const row = await findSecret(db, scope, name)
        const entry = entryOf('secret.read', scope, { name, by, digest: row ?? NOTHING })
        // Recorded first: what cannot be recorded is not handed out.
        await db.atomic(scope.tenantId, [audit.recording(entry), markAccessed(scope, name, clock.iso())])
        return row === null ? null : openValue(options, row)
      })
    },
    async set(writer, scope, declared, name, value, by) {
      const declaration = declarationOf(declared, name)
      const digest = digestOf(value)
      checkWriter(declaration, by)
      checkSize(declaration, digest)
      await failClosed(async () => {
        const sealed = await sealValue(options.dataKeys, scope, { name, value, version: clock.now() })
        await writer.atomic([
          putSecret(scope, name, { ...sealed, ...digest, at: clock.iso() }),
          audit.recording(entryOf('secret.written', scope, { name, by, digest })),
          setNames.changing(scope),
        ])
      })
      setNames.drop(scope)
    },
    async delete(writer, scope, declared, name, by) {
      checkWriter(declarationOf(declared, name), by)
      const wasSet = await failClosed(async () => {
        const row = await findSecret(db, scope, name)
        const [removed] = await writer.atomic([
          deleteSecret(scope, name),
          audit.recording(entryOf('secret.deleted', scope, { name, by, digest: row ?? NOTHING })),
          setNames.changing(scope),
        ])
        return (removed?.rowCount ?? 0) > 0
      })
      setNames.drop(scope)
      return wasSet
    },
    async isSet(scope, declared, name) {
      declarationOf(declared, name)
      return (await namesOf(scope)).has(name)
    },
    async list(scope, declared) {
      const rows = new Map((await failClosed(() => listSecrets(db, scope))).map((row) => [row.name, row]))
      return declared.map(({ name, description }) => ({
        name,
        description,
        is_set: rows.has(name),
        last_accessed_at: seconds(rows.get(name)?.last_accessed_at ?? null),
      }))
    },
    async missing(scope, declared) {
      const required = declared.filter((declaration) => declaration.required)
      if (required.length === 0) return []
      const set = await namesOf(scope)
      return required.filter(({ name }) => !set.has(name)).map(({ name }) => name)
    },
    async close() {
      setNames.close()
    },
  }
  return { ...secrets, routes: secretsHandlers({ db, clock, declarations: options.declarations, secrets }) }
}
