import { type IdentityContext, MINUTE, moment } from '../context.ts'
import { hashOf, randomToken } from '../secret-hash.ts'

export const ATTEMPT_SECONDS = 600

const sealContext = (stateHash: Buffer): string => JSON.stringify(['oidc verifier', stateHash.toString('base64url')])

/** What has to come back with the answer of the provider. */
export interface Begun {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly next: string
}

/** Notes a sign-in that begins in a browser, known by a secret in its cookie. */
export async function noteAttempt(context: IdentityContext, browser: string, begun: Begun): Promise<void> {
  const stateHash = hashOf(begun.state)
  await context.db.everyTenant((tx) =>
    tx
      .insertInto('identity.oidc_attempt')
      .values({
        state_hash: stateHash,
        browser_hash: hashOf(browser),
        verifier_sealed: context.keyring.seal(begun.verifier, sealContext(stateHash)),
        nonce: begun.nonce,
        next: begun.next,
        code_hash: null,
        user_id: null,
        created_at: moment(context),
        expires_at: moment(context, ATTEMPT_SECONDS * 1000),
      })
      .execute(),
  )
}

/** The attempt of this state and browser that has had no answer yet; null: there is none, or it is too old. */
export async function findAttempt(
  context: IdentityContext,
  browser: string,
  state: string,
): Promise<{ readonly nonce: string; readonly verifier: string; readonly next: string } | null> {
  const stateHash = hashOf(state)
  const row = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.oidc_attempt')
      .selectAll()
      .where('state_hash', '=', stateHash)
      .where('browser_hash', '=', hashOf(browser))
      .where('code_hash', 'is', null)
      .where('expires_at', '>', moment(context))
      .executeTakeFirst(),
  )
  if (row === undefined) return null
  return {
    nonce: row.nonce,
    next: row.next,
    verifier: context.keyring.open(row.verifier_sealed, sealContext(stateHash)),
  }
}

/** Makes the code with which the sign-in page gets tokens for the user; null when an answer came before. */
export async function answerAttempt(context: IdentityContext, state: string, userId: string): Promise<string | null> {
  const code = randomToken()
  const answered = await context.db.everyTenant((tx) =>
    tx
      .updateTable('identity.oidc_attempt')
      .set({ code_hash: hashOf(code), user_id: userId, expires_at: moment(context, MINUTE) })
      .where('state_hash', '=', hashOf(state))
      .where('code_hash', 'is', null)
      .returning('state_hash')
      .executeTakeFirst(),
  )
  return answered === undefined ? null : code
}

/** Uses the code up, right or wrong browser. Null: it is no code of this browser, or it is too old. */
export async function takeCode(context: IdentityContext, browser: string, code: string): Promise<string | null> {
  const row = await context.db.everyTenant((tx) =>
    tx
      .deleteFrom('identity.oidc_attempt')
      .where('code_hash', '=', hashOf(code))
      .returning(['browser_hash', 'user_id', 'expires_at'])
      .executeTakeFirst(),
  )
  const isGood =
    row !== undefined && row.expires_at.getTime() > context.clock.now() && row.browser_hash.equals(hashOf(browser))
  return isGood ? row.user_id : null
}
