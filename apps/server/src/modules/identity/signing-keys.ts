import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Tx } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import { IDENTITY_CHANNEL, KEYS_NOTICE } from './notices.ts'

const generate = promisify(generateKeyPair)

const HOUR = 3_600_000
/** Verifiers keep the published keys for an hour, so a new key signs only after twice that. */
export const KEY_NOTICE_MS = 2 * HOUR
const KEY_LIFE_MS = 90 * 24 * HOUR
/** Longer than any access token lives. */
const KEY_AFTERLIFE_MS = 24 * HOUR

export interface PublicKey {
  readonly kty: 'RSA'
  readonly use: 'sig'
  readonly alg: 'RS256'
  readonly kid: string
  readonly n: string
  readonly e: string
}

interface SigningKey {
  readonly kid: string
  readonly signsFrom: number
  readonly published: PublicKey
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export interface SigningKeys {
  /** The key that signs now. */
  current(): { readonly kid: string; readonly privateKey: KeyObject }
  /** The key of this id, asked for at the database when this process does not know it. */
  find(kid: string): Promise<KeyObject | null>
  published(): readonly PublicKey[]
  /** Reads the keys again, after a notice that there are others. */
  reload(): Promise<void>
  /** Publishes the next key in time and forgets keys whose last token has expired. True when something changed. */
  rotate(): Promise<boolean>
}

export interface SigningKeysOptions {
  readonly db: Database
  readonly clock: Clock
  readonly keyring: Keyring
}

const seals = (kid: string) => `identity.signing_key:${kid}`

const notify = (tx: Tx) => sql`select pg_notify(${IDENTITY_CHANNEL}, ${KEYS_NOTICE})`.execute(tx)

async function addKey(tx: Tx, keyring: Keyring, moment: { now: number; signsFrom: number }): Promise<void> {
  const pair = await generate('rsa', { modulusLength: 2048 })
  const kid = `k_${randomBytes(9).toString('base64url')}`
  const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' })
  await tx
    .insertInto('identity.signing_key')
    .values({
      kid,
      public_jwk: { kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e },
      private_sealed: keyring.seal(String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })), seals(kid)),
      created_at: new Date(moment.now),
      signs_from: new Date(moment.signsFrom),
    })
    .execute()
  await notify(tx)
}

// Several nodes share the keys; only one may make the first or the next.
const alone = (tx: Tx) => sql`select pg_advisory_xact_lock(4780000004)`.execute(tx)

const opened = (
  row: { kid: string; public_jwk: JsonObject; private_sealed: string; signs_from: Date },
  keyring: Keyring,
) => {
  const published = row.public_jwk as unknown as PublicKey
  return {
    kid: row.kid,
    signsFrom: row.signs_from.getTime(),
    published,
    privateKey: createPrivateKey(keyring.open(row.private_sealed, seals(row.kid))),
    publicKey: createPublicKey({ key: { kty: published.kty, n: published.n, e: published.e }, format: 'jwk' }),
  }
}

/** The RS256 keys of the installation, sealed in the database so that every node signs with the same one (api.md 1.4). */
export async function openSigningKeys({ db, clock, keyring }: SigningKeysOptions): Promise<SigningKeys> {
  let keys: readonly SigningKey[] = []
  let lookedAt = Number.NEGATIVE_INFINITY

  const readAll = (tx: Tx) => tx.selectFrom('identity.signing_key').selectAll().orderBy('signs_from', 'desc').execute()
  const reload = async () => {
    const rows = await db.everyTenant(readAll)
    keys = rows.map((row) => opened(row, keyring))
  }
  await db.everyTenant(async (tx) => {
    await alone(tx)
    const now = clock.now()
    if ((await readAll(tx)).length === 0) await addKey(tx, keyring, { now, signsFrom: now })
  })
  await reload()

  return {
    current() {
      const now = clock.now()
      const key = keys.find((candidate) => candidate.signsFrom <= now) ?? keys.at(-1)
      if (!key) throw new Error('there is no signing key')
      return key
    },
    async find(kid) {
      const known = () => keys.find((key) => key.kid === kid)?.publicKey ?? null
      // A token of a node that made a key a moment ago. Forged key ids may not cause a query each.
      if (known() === null && clock.now() - lookedAt > 5_000) {
        lookedAt = clock.now()
        await reload()
      }
      return known()
    },
    published: () => keys.map((key) => key.published),
    reload,
    async rotate() {
      const changed = await db.everyTenant(async (tx) => {
        await alone(tx)
        const now = clock.now()
        const [newest, ...older] = await readAll(tx)
        const due = newest !== undefined && now - newest.signs_from.getTime() > KEY_LIFE_MS - KEY_NOTICE_MS
        if (due) await addKey(tx, keyring, { now, signsFrom: now + KEY_NOTICE_MS })
        const replaced = newest !== undefined && newest.signs_from.getTime() + KEY_AFTERLIFE_MS <= now
        const ended = replaced ? older.map((row) => row.kid) : []
        if (ended.length > 0) await tx.deleteFrom('identity.signing_key').where('kid', 'in', ended).execute()
        if (ended.length > 0) await notify(tx)
        return due || ended.length > 0
      })
      if (changed) await reload()
      return changed
    },
  }
}
