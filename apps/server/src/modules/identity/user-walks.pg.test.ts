import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openFixture, PASSWORD, SERVICE_TOKEN, type Tokens } from './test-fixture.ts'

/** Random walks through the states of a user (api.md 5.1): every operation in every state, held against the table. */
const home = await openFixture({ policy: { limitFactor: 10_000 } })
const { send } = home
afterAll(() => home.close())

const root = (await home.join('root@example.com')).userId
await home.rows("update identity.account set role = 'admin' where user_id = $1", [root])
const asRoot = { 'x-service-token': SERVICE_TOKEN, 'x-acting-user': root }

const STATES = ['absent', 'pending_verification', 'active', 'inactive', 'erased'] as const
type State = (typeof STATES)[number]
const STEPS = [
  ...['sign up', 'verify', 'log in', 'refresh', 'ask with a key', 'reset the password'],
  ...['switch off', 'switch on', 'delete', 'erase', 'promote', 'demote'],
] as const
type Step = (typeof STEPS)[number]

/** One address, and whoever has it now. */
interface Person {
  state: State
  readonly email: string
  userId: string
  password: string
  role: string
  /** The newest tokens, and whether their session has not been ended. */
  pair: Tokens | null
  isOpen: boolean
  key: string
  /** The newest code that was mailed to verify the address, until it is used. */
  code: string | null
}

/** What the table answers, in the order of `STATES`. */
const ANSWERS: Readonly<Record<Step, readonly [number, number, number, number, number]>> = {
  'sign up': [201, 409, 409, 409, 201],
  verify: [400, 200, 400, 400, 400],
  'log in': [401, 403, 200, 403, 401],
  refresh: [401, 401, 200, 401, 401],
  'ask with a key': [401, 401, 200, 401, 401],
  'reset the password': [400, 400, 200, 400, 400],
  'switch off': [404, 200, 200, 200, 404],
  'switch on': [404, 200, 200, 200, 404],
  delete: [404, 200, 200, 200, 404],
  erase: [404, 200, 200, 200, 404],
  promote: [404, 200, 200, 200, 404],
  demote: [404, 200, 200, 200, 404],
}

const isThere = (state: State) => state !== 'absent' && state !== 'erased'
const change = (person: Person, body: object) => send('PATCH', `/v1/users/${person.userId}`, { body, headers: asRoot })
const mailsTo = (person: Person, kind: string) =>
  home.mails.filter((mail) => mail.to === person.email && mail.kind === kind).length

async function resetPassword(person: Person) {
  const [resets, verifications] = [mailsTo(person, 'password_reset'), mailsTo(person, 'verify_email')]
  const asked = await send('POST', '/v1/auth/forgot-password', { body: { email: person.email, tenant_id: 'default' } })
  // It tells nobody whether there is such a person; only the mail does.
  expect(asked.statusCode).toBe(200)
  expect(mailsTo(person, 'password_reset') - resets).toBe(person.state === 'active' ? 1 : 0)
  if (mailsTo(person, 'verify_email') > verifications) person.code = home.mailedCode(person.email, 'verify_email')
  const token = person.state === 'active' ? home.mailedCode(person.email, 'password_reset') : 'a code of nobody'
  const password = `${person.password} again`
  const answer = await send('POST', '/v1/auth/reset-password', { body: { token, new_password: password } })
  if (answer.statusCode === 200) Object.assign(person, { password, isOpen: false })
  return answer
}

async function take(person: Person, step: Step) {
  switch (step) {
    case 'sign up': {
      const body = { email: person.email, password: PASSWORD }
      const answer = await send('POST', '/v1/auth/signup', { body })
      if (answer.statusCode !== 201) return answer
      const { user_id: userId } = answer.json<{ user_id: string }>()
      // An id is never used again.
      expect(userId).not.toBe(person.userId)
      const code = home.mailedCode(person.email, 'verify_email')
      Object.assign(person, { userId, code, password: PASSWORD, role: 'user', pair: null, isOpen: false, key: '' })
      return answer
    }
    case 'verify': {
      const answer = await send('POST', '/v1/auth/verify-email', { body: { token: person.code ?? 'a code of nobody' } })
      if (answer.statusCode === 200) Object.assign(person, { pair: answer.json(), isOpen: true, code: null })
      return answer
    }
    case 'log in': {
      const answer = await home.logIn(person.email, person.password)
      if (answer.statusCode === 200) Object.assign(person, { pair: answer.json(), isOpen: true })
      return answer
    }
    case 'refresh': {
      const answer = await home.refresh(person.pair?.refresh_token ?? 'a token of nobody')
      if (answer.statusCode === 200) person.pair = answer.json<Tokens>()
      return answer
    }
    case 'ask with a key': {
      if (person.isOpen && person.state === 'active' && person.key === '') {
        const made = await send('POST', '/v1/keys', { token: person.pair?.access_token, body: { name: 'walk' } })
        person.key = made.json<{ key: string }>().key
      }
      return home.me(person.key || 'imp_live_of_nobody')
    }
    case 'reset the password':
      return resetPassword(person)
    case 'switch off':
      return change(person, { is_active: false })
    case 'switch on':
      return change(person, { is_active: true })
    case 'delete':
      return send('DELETE', `/v1/users/${person.userId}`, { headers: asRoot })
    case 'erase':
      return send('DELETE', `/v1/users/${person.userId}?permanent=true`, { headers: asRoot })
    default:
      person.role = isThere(person.state) ? (step === 'promote' ? 'admin' : 'user') : person.role
      return change(person, { role: step === 'promote' ? 'admin' : 'user' })
  }
}

function nextOf(state: State, step: Step): State {
  if (step === 'sign up') return isThere(state) ? state : 'pending_verification'
  if (!isThere(state)) return state
  if (step === 'erase') return 'erased'
  if (step === 'delete') return 'inactive'
  if (step === 'switch on') return 'active'
  if (step === 'switch off') return state === 'active' ? 'inactive' : state
  return step === 'verify' && state === 'pending_verification' ? 'active' : state
}

/** What the table says, unless the credential that is needed was never given or has ended with its session. */
function expected(person: Person, step: Step): number {
  if (step === 'verify' && person.code === null) return 400
  if (step === 'refresh' && !person.isOpen) return 401
  if (step === 'ask with a key' && person.key === '' && !person.isOpen) return 401
  return ANSWERS[step][STATES.indexOf(person.state)] ?? 0
}

async function holds(person: Person, seen: unknown): Promise<void> {
  const rows = await home.rows<{ user_id: string; status: string; role: string }>(
    'select user_id, status, role from identity.account where email = $1',
    [person.email],
  )
  const { userId, state, role } = person
  expect([seen, rows]).toEqual([seen, isThere(state) ? [{ user_id: userId, status: state, role }] : []])
  const shown = await send('GET', `/v1/users/${userId}`, { headers: asRoot })
  expect([seen, shown.statusCode]).toEqual([seen, isThere(state) ? 200 : 404])
  if (isThere(state)) expect(shown.json()).toMatchObject({ role, is_active: state === 'active' })
  if (person.pair !== null) {
    const me = await home.me(person.pair.access_token)
    expect([seen, me.statusCode]).toEqual([seen, state === 'active' && person.isOpen ? 200 : 401])
    if (me.statusCode === 200) expect(me.json()).toMatchObject({ role, imperal_id: userId })
  }
  if (state !== 'erased') return
  const left = await home.rows<{ n: number }>(
    `select (select count(*) from identity.session where user_id = $1) + (select count(*) from identity.api_key
     where user_id = $1) + (select count(*) from identity.email_token where user_id = $1) as n`,
    [userId],
  )
  expect(Number(left[0]?.n)).toBe(0)
}

let serial = 0
async function walk(steps: readonly Step[]): Promise<void> {
  const email = `walking${++serial}@example.com`
  const nobody = { userId: 'imp_u_nobody', password: PASSWORD, role: 'user', pair: null, isOpen: false, key: '' }
  const person: Person = { ...nobody, state: 'absent', email, code: null }
  for (const step of steps) {
    const status = expected(person, step)
    const before = person.state
    const seen = [steps, before, step]
    expect([seen, (await take(person, step)).statusCode]).toEqual([seen, status])
    if (step !== 'verify' || status === 200) person.state = nextOf(before, step)
    // Whoever is shut out has no session to come back to.
    if (person.state !== 'active' || step === 'delete') person.isOpen = false
    await holds(person, seen)
  }
}

const WAYS: Readonly<Record<State, readonly Step[]>> = {
  absent: [],
  pending_verification: ['sign up'],
  active: ['sign up', 'verify', 'ask with a key'],
  inactive: ['sign up', 'verify', 'ask with a key', 'switch off'],
  erased: ['sign up', 'verify', 'ask with a key', 'erase'],
}

test('[api 5.1] every operation in every state of a user answers what the table says, and leaves that state or its next one', async () => {
  for (const state of STATES) for (const step of STEPS) await walk([...WAYS[state], step])
}, 240_000)

test('[api 5.1] any walk of a user is one of the table: switched off, deleted, erased and signed up again', async () => {
  const later: fc.Arbitrary<Step> = fc.constantFrom(...STEPS)
  await fc.assert(
    fc.asyncProperty(fc.array(later, { minLength: 3, maxLength: 9 }), (steps) =>
      walk(['sign up', 'verify', 'ask with a key', ...steps]),
    ),
    { numRuns: 8 },
  )
}, 240_000)
