import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { openFixture, PASSWORD, SERVICE_TOKEN, type Tokens } from './test-fixture.ts'

/** Random walks through the machine of api.md 5.1, each step held against the table, behind the real routes. */
const home = await openFixture({ policy: { limitFactor: 10_000 } })
const { send, clock } = home
afterAll(() => home.close())

const DAY = 86_400_000
const SECOND = 1000
let serial = 0
const root = (await home.join('root@example.com')).userId
await home.rows("update identity.account set role = 'admin' where user_id = $1", [root])
const newEmail = () => `walker${++serial}@example.com`

type SessionStep =
  | 'refresh'
  | 'again at once'
  | 'again too late'
  | 'log out'
  | 'revoke'
  | 'revoke others'
  | 'new password'
  | 'deactivate'
  | 'idle 29 days'
  | 'idle 31 days'
const SESSION_STEPS: readonly SessionStep[] = [
  ...['refresh', 'refresh', 'refresh', 'again at once', 'again too late', 'idle 29 days', 'idle 29 days'],
  ...['log out', 'revoke', 'revoke others', 'new password', 'deactivate', 'idle 31 days'],
] as SessionStep[]

type Account = Awaited<ReturnType<typeof home.join>>
/** One session of the person: what it is by the table, and the tokens that it has left. */
interface Walked {
  state: 'active' | 'revoked' | 'expired'
  readonly sid: string
  pair: Tokens
  /** The refresh token before the one that holds, and when it was used. */
  before: { readonly token: string; readonly at: number } | null
  readonly begun: number
  seen: number
}

const begun = (pair: Tokens): Walked => ({
  ...{ state: 'active', sid: String(decodeJwt(pair.access_token).sid), pair, before: null },
  ...{ begun: clock.now(), seen: clock.now() },
})

/** Time ends what nobody used for 30 days, and everything after 180. */
function age(session: Walked): void {
  const end = Math.min(session.seen + 30 * DAY, session.begun + 180 * DAY)
  if (session.state === 'active' && clock.now() >= end) session.state = 'expired'
}

async function step(
  session: Walked,
  person: { readonly account: Account; readonly password: string; readonly other: Walked },
  kind: SessionStep,
  changed: (password: string) => void,
): Promise<void> {
  const { account, other } = person
  const isOpen = session.state === 'active'
  // What asks with an access token asks with one that has not run out by itself.
  const fresh = async (): Promise<string> => {
    const answer = await home.refresh(session.pair.refresh_token)
    expect(answer.statusCode).toBe(200)
    session.before = { token: session.pair.refresh_token, at: clock.now() }
    session.seen = clock.now()
    session.pair = answer.json<Tokens>()
    return session.pair.access_token
  }
  switch (kind) {
    case 'refresh':
      if (isOpen) await fresh()
      else
        expect([session.state, (await home.refresh(session.pair.refresh_token)).statusCode]).toEqual([
          session.state,
          401,
        ])
      return
    case 'again at once': {
      if (session.before === null || clock.now() - session.before.at >= 30 * SECOND) return
      const again = await home.refresh(session.before.token)
      expect([session.state, again.statusCode]).toEqual([session.state, isOpen ? 200 : 401])
      if (isOpen) expect(again.json<Tokens>().refresh_token).toBe(session.pair.refresh_token)
      return
    }
    case 'again too late': {
      if (session.before === null) return
      clock.advance(Math.max(0, session.before.at + 30 * SECOND - clock.now()))
      expect((await home.refresh(session.before.token)).statusCode).toBe(401)
      if (isOpen) session.state = 'revoked'
      return
    }
    case 'log out':
      expect(
        (await send('POST', '/v1/auth/logout', { body: { refresh_token: session.pair.refresh_token } })).statusCode,
      ).toBe(200)
      if (isOpen) session.state = 'revoked'
      return
    case 'revoke':
      if (!isOpen) return
      expect(
        (await send('POST', `/v1/auth/sessions/${session.sid}/revoke`, { token: await fresh(), body: {} })).statusCode,
      ).toBe(200)
      session.state = 'revoked'
      return
    case 'revoke others':
      if (!isOpen) return
      expect(
        (await send('POST', '/v1/auth/sessions/revoke-others', { token: await fresh(), body: {} })).statusCode,
      ).toBe(200)
      if (other.state === 'active') other.state = 'revoked'
      return
    case 'new password': {
      if (!isOpen) return
      const body = { current_password: person.password, new_password: `another one ${++serial}` }
      const token = await fresh()
      expect((await send('POST', '/v1/auth/me/change-password', { token, body })).statusCode).toBe(200)
      changed(body.new_password)
      // The one that changed it stays; everywhere else the old password had let in.
      if (other.state === 'active') other.state = 'revoked'
      return
    }
    case 'deactivate':
      for (const is_active of [false, true]) {
        const headers = { 'x-service-token': SERVICE_TOKEN, 'x-acting-user': root }
        expect((await send('PATCH', `/v1/users/${account.userId}`, { body: { is_active }, headers })).statusCode).toBe(
          200,
        )
      }
      // Coming back brings back no session.
      for (const one of [session, other]) if (one.state === 'active') one.state = 'revoked'
      return
    case 'idle 29 days':
      clock.advance(29 * DAY)
      return
    case 'idle 31 days':
      clock.advance(31 * DAY)
  }
}

test('[api 5.1] any walk of a session and the one beside it is one of the table: what is over gives no pair and opens nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...SESSION_STEPS), fc.boolean()), { minLength: 2, maxLength: 10 }),
      async (steps) => {
        const account = await home.join(newEmail())
        const one = begun(account)
        const two = begun((await home.logIn(account.email)).json<Tokens>())
        const person = { account, password: PASSWORD }
        for (const [kind, isFirst] of steps) {
          const [session, other] = isFirst ? [one, two] : [two, one]
          await step(session, { ...person, other }, kind, (password) => {
            person.password = password
          })
          for (const each of [one, two]) age(each)
          const rows = await home.db.everyTenant((tx) =>
            tx
              .selectFrom('identity.session')
              .select(['session_id', 'revoked_at', 'idle_ends_at'])
              .where('user_id', '=', account.userId)
              .execute(),
          )
          const stateOf = ({ sid }: Walked) => {
            const row = rows.find(({ session_id }) => session_id === sid)
            if (row === undefined) return 'revoked'
            // What had run out by itself stays so, whoever ends it afterwards.
            if (row.revoked_at !== null && row.revoked_at < row.idle_ends_at) return 'revoked'
            return row.idle_ends_at.getTime() <= clock.now() ? 'expired' : 'active'
          }
          expect([steps, kind, stateOf(one), stateOf(two)]).toEqual([steps, kind, one.state, two.state])
        }
        for (const each of [one, two])
          expect([steps, each.state, (await home.refresh(each.pair.refresh_token)).statusCode]).toEqual([
            ...[steps, each.state],
            each.state === 'active' ? 200 : 401,
          ])
        // An access token of a session that was ended opens nothing, however long it would have lasted.
        for (const each of [one, two])
          if (each.state === 'revoked') expect((await home.me(each.pair.access_token)).statusCode).toBe(401)
      },
    ),
    { numRuns: 8 },
  )
}, 120_000)
