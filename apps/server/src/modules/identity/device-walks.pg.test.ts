import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { openFixture, type Tokens } from './test-fixture.ts'

/** Random walks through the machine of api.md 5.2, each step held against the table, behind the real routes. */
const home = await openFixture({ policy: { limitFactor: 10_000 } })
const { send, clock } = home
afterAll(() => home.close())

const SECOND = 1000
let serial = 0
const newEmail = () => `walker${++serial}@example.com`

type DeviceStep =
  | 'poll'
  | 'poll early'
  | 'poll with another verifier'
  | 'approve'
  | 'deny'
  | 'approve as another'
  | 'wait'
type DeviceState = 'pending' | 'approved' | 'denied' | 'consumed' | 'dead' | 'expired'
const DEVICE_STEPS: readonly DeviceStep[] = [
  ...['poll', 'poll', 'poll early', 'poll with another verifier', 'poll with another verifier'],
  ...['poll with another verifier', 'approve', 'approve', 'deny', 'approve as another', 'wait'],
] as DeviceStep[]
const REFUSED: Readonly<Record<Exclude<DeviceState, 'pending' | 'approved'>, string>> = {
  ...{ denied: 'access_denied', expired: 'expired_token', consumed: 'invalid_grant', dead: 'invalid_grant' },
}
const DEVICE_LIFE = 600 * SECOND

test('[api 5.2] any walk of a device login is one of the table: one session, for whoever approved it, or none', async () => {
  let [ada, eve] = [await home.join(newEmail()), await home.join(newEmail())]
  const again = async (one: Tokens) => (await home.refresh(one.refresh_token)).json<Tokens>()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...DEVICE_STEPS), { minLength: 2, maxLength: 14 }), async (steps) => {
      // Their access tokens live an hour, and a walk can take longer than what is left of it.
      ;[ada, eve] = [
        { ...ada, ...(await again(ada)) },
        { ...eve, ...(await again(eve)) },
      ]
      const verifier = randomBytes(32).toString('base64url')
      const challenge = createHash('sha256').update(verifier).digest('base64url')
      const authorized = await send('POST', '/v1/auth/cli/device/authorize', {
        body: { code_challenge: challenge, code_challenge_method: 'S256' },
      })
      const { device_code, user_code } = authorized.json<{ device_code: string; user_code: string }>()
      const since = clock.now()
      const poll = (code_verifier: string) =>
        send('POST', '/v1/auth/cli/device/token', { body: { device_code, code_verifier } })
      const decide = (verb: 'approve' | 'deny', token: string) =>
        send('POST', `/v1/auth/cli/device/${user_code}/${verb}`, { token, body: {} })
      let state: DeviceState = 'pending'
      let [interval, wrong, polled, owner] = [5, 0, 0, '']
      for (const kind of steps) {
        if (kind === 'wait') clock.advance(DEVICE_LIFE)
        // Time may run out between any two steps, and takes what was approved and not fetched as well.
        if (kind === 'poll') clock.advance(interval * SECOND)
        const isOver = clock.now() - since >= DEVICE_LIFE
        if (isOver && (state === 'pending' || state === 'approved')) state = 'expired'
        const context = [steps, kind, state]
        if (kind.startsWith('poll')) {
          const isRight = kind !== 'poll with another verifier'
          const answer = await poll(isRight ? verifier : randomBytes(32).toString('base64url'))
          const body = answer.json<{ error?: string; access_token?: string }>()
          if (state === 'pending') {
            const early = polled > 0 && clock.now() - polled < interval * SECOND
            expect([...context, answer.statusCode, body.error]).toEqual([
              ...[...context, 200],
              early ? 'slow_down' : 'authorization_pending',
            ])
            if (early) interval += 5
            polled = clock.now()
          } else if (state === 'approved' && isRight) {
            expect([...context, answer.statusCode]).toEqual([...context, 200])
            expect(decodeJwt(String(body.access_token))).toMatchObject({ sub: owner, token_use: 'cli' })
            state = 'consumed'
          } else {
            const error = state === 'approved' ? 'invalid_grant' : REFUSED[state]
            expect([...context, answer.statusCode, body.error]).toEqual([...context, 400, error])
            if (state === 'approved' && ++wrong >= 5) state = 'dead'
          }
        } else if (kind !== 'wait') {
          const by = kind === 'approve as another' ? eve : ada
          const answer = await decide(kind === 'deny' ? 'deny' : 'approve', by.access_token)
          // What somebody else decided is not there for this person.
          const theirs = owner === '' || owner === by.userId
          const due = state === 'pending' ? 200 : !theirs ? 404 : state === 'expired' && owner === '' ? 410 : 409
          expect([...context, answer.statusCode]).toEqual([...context, due])
          if (due === 200) {
            owner = by.userId
            state = kind === 'deny' ? 'denied' : 'approved'
          }
        }
      }
      const sessions = await home.db.everyTenant((tx) =>
        tx
          .selectFrom('identity.session')
          .select('user_id')
          .where('token_use', '=', 'cli')
          .where('created_at', '>=', new Date(since))
          .execute(),
      )
      expect([steps, sessions]).toEqual([steps, state === 'consumed' ? [{ user_id: owner }] : []])
      clock.advance(SECOND)
    }),
    { numRuns: 25 },
  )
}, 120_000)
