import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { DataKeys } from '../../foundation/keys/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { Audit, AuditEntry } from '../audit/index.ts'
import { operatorValue } from './app-scope.ts'
import { checkSize, checkWriter, declarationOf } from './check-declaration.ts'
import { type Digest, digestOf } from './digest.ts'
import { secretsHandlers } from './routes.ts'
import { openValue, sealValue } from './seal-value.ts'
import { openSetNames } from './set-names.ts'
import type { SecretAccess, SecretDeclaration, Secrets, SecretsApp, SecretsUser } from './types.ts'
import { deleteSecret, failClosed, findSecret, listSecrets, markAccessed, putSecret } from './vault.ts'

export interface SecretsOptions {
  readonly db: Database
  readonly bus: Bus
  readonly clock: Clock
  /** Opens values of the first form. */
  readonly keyring: Keyring
  readonly dataKeys: Pick<DataKeys, 'current' | 'find'>
  readonly audit: Pick<Audit, 'recording'>
  /** An app as its deployed manifest declares it; null when the user neither has nor owns it. */
  readonly appOf: (
    user: { readonly tenantId: string; readonly userId: string },
    appId: string,
  ) => Promise<SecretsApp | null>
  /** A variable of the operator, for app-wide secrets with a fallback. */
  readonly environment: (name: string) => string | undefined
}

const accessOf = (access: SecretAccess | SecretsUser): SecretAccess =>
  typeof access === 'string' ? { by: access } : access
const NOTHING: Digest = { length: 0, sha256_prefix: '' }
const seconds = (date: Date | null): number | null => (date === null ? null : Math.floor(date.getTime() / 1_000))

function entryOf(
  action: string,
  scope: StoreScope,
  about: SecretAccess & { readonly name: string; readonly digest: Digest },
): AuditEntry {
  return {
    tenantId: scope.tenantId,
    actorId: about.by === 'platform' ? 'platform' : (about.actorId ?? scope.userId),
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

  const isThere = (scope: StoreScope, set: { has(name: string): boolean }, declaration: SecretDeclaration): boolean =>
    set.has(declaration.name) || operatorValue(options.environment, scope.appId, declaration) !== undefined

  const secrets: Omit<Secrets, 'routes'> = {
    async get(scope, declared, name, access) {
      const declaration = declarationOf(declared, name)
      return failClosed(async () => {
        const row = await findSecret(db, scope, name)
        const entry = entryOf('secret.read', scope, { ...accessOf(access), name, digest: row ?? NOTHING })
        // Recorded first: what cannot be recorded is not handed out.
        await db.atomic(scope.tenantId, [audit.recording(entry), markAccessed(scope, name, clock.iso())])
        if (row !== null) return openValue(options, row)
        return operatorValue(options.environment, scope.appId, declaration) ?? null
      })
    },
    async set(writer, scope, declared, name, value, access) {
      const declaration = declarationOf(declared, name)
      const digest = digestOf(value)
      checkWriter(declaration, accessOf(access).by)
      checkSize(declaration, digest)
      await failClosed(async () => {
        const sealed = await sealValue(options.dataKeys, scope, { name, value, version: clock.now() })
        await writer.atomic([
          putSecret(scope, name, { ...sealed, ...digest, at: clock.iso() }),
          audit.recording(entryOf('secret.written', scope, { ...accessOf(access), name, digest })),
          setNames.changing(scope),
        ])
      })
      setNames.drop(scope)
    },
    async delete(writer, scope, declared, name, access) {
      checkWriter(declarationOf(declared, name), accessOf(access).by)
      const wasSet = await failClosed(async () => {
        const row = await findSecret(db, scope, name)
        const [removed] = await writer.atomic([
          deleteSecret(scope, name),
          audit.recording(entryOf('secret.deleted', scope, { ...accessOf(access), name, digest: row ?? NOTHING })),
          setNames.changing(scope),
        ])
        return (removed?.rowCount ?? 0) > 0
      })
      setNames.drop(scope)
      return wasSet
    },
    async forgetApp(scope) {
      await failClosed(async () => {
        for (const { name } of await listSecrets(db, scope)) {
          const row = await findSecret(db, scope, name)
          await db.atomic(scope.tenantId, [
            deleteSecret(scope, name),
            audit.recording(entryOf('secret.deleted', scope, { by: 'platform', name, digest: row ?? NOTHING })),
            setNames.changing(scope),
          ])
        }
      })
      setNames.drop(scope)
    },
    async isSet(scope, declared, name) {
      return isThere(scope, await namesOf(scope), declarationOf(declared, name))
    },
    async list(scope, declared) {
      const rows = new Map((await failClosed(() => listSecrets(db, scope))).map((row) => [row.name, row]))
      return declared.map((declaration) => ({
        name: declaration.name,
        description: declaration.description,
        is_set: isThere(scope, rows, declaration),
        last_accessed_at: seconds(rows.get(declaration.name)?.last_accessed_at ?? null),
      }))
    },
    async missing(scope, declared) {
      const required = declared.filter((declaration) => declaration.required)
      if (required.length === 0) return []
      const set = await namesOf(scope)
      return required.filter((declaration) => !isThere(scope, set, declaration)).map(({ name }) => name)
    },
    async close() {
      setNames.close()
    },
  }
  return { ...secrets, routes: secretsHandlers({ db, clock, appOf: options.appOf, secrets }) }
}
