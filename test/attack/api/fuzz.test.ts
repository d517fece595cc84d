import type { AnyRoute } from '@imperal/contract'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { type Hints, inputsOf, pathTexts } from './arbitrary.ts'
import { answers, fill, missing, namesIn, PLACES } from './places.ts'
import { openWorld, PASSWORD, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
}, 240_000)
afterAll(async () => void (await world?.server.stop()))

const RUNS = Number(process.env.FUZZ_RUNS ?? 20)
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_129)

/** Somebody whom the route lets in, so that its handler sees what is sent. */
function headersFor(route: AnyRoute): Record<string, string> {
  const service = { 'x-service-token': world.server.serviceToken }
  switch (route.auth) {
    case 'none':
      return {}
    case 'svc':
    case 'call':
      // Some of them want the administrator who stands behind a change.
      return route.id.startsWith('billing_internal.') ? { ...service, 'x-acting-user': world.admin.userId } : service
    case 'admin':
    case 'svc-or-admin':
      return { authorization: `Bearer ${world.admin.token}` }
    case 'regkey':
      return { ...service }
    default:
      return { authorization: `Bearer ${world.ada.token}` }
  }
}

/** These would ask somebody on the Internet. */
const ASKS_OUTSIDE = new Set(['billing_internal.set_stripe_config'])

/** Operations that would end the session or the account of whoever asks. */
const ENDS_CALLER = new Set([
  'auth.logout',
  'auth.revoke_session',
  'auth.revoke_other_sessions',
  'auth.change_password',
])

const asQuery = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return ''
  const search = new URLSearchParams()
  for (const [name, entry] of Object.entries(value))
    if (entry !== undefined && entry !== null)
      search.append(
        name.toWellFormed(),
        (typeof entry === 'object' ? JSON.stringify(entry) : String(entry)).toWellFormed().slice(0, 3_000),
      )
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

/** Something that is there. Users are Eve: whoever asks must outlive the test. */
const known = (name: string): string =>
  /^(user_id|imperal_id|developer_id)$/.test(name) ? world.eve.userId : (world.owned[name] ?? missing(name))

const hints = (): Hints => ({
  email: ['fuzz@example.com', 'eve@example.com', 'Ada.User@Example.com'],
  password: [PASSWORD, 'long-enough-password'],
  new_password: [PASSWORD],
  user_id: [world.ada.userId, world.eve.userId],
  app_id: ['notes', world.owned.app_id],
  extension_id: ['notes'],
  tenant_id: ['default', 'umbrella'],
  function: ['list_notes', 'create_note', 'delete_note'],
  params: [{}, { title: 'Fuzz' }, { note_id: world.noteId }],
  role: ['user', 'viewer'],
  code_challenge: ['A'.repeat(43)],
  code_challenge_method: ['S256'],
  refresh_token: [world.eve.refreshToken],
  token: ['no-such-token'],
})

interface Input {
  readonly path: string
  readonly query: unknown
  readonly body: unknown
}

function inputFor(route: AnyRoute, place: string): fc.Arbitrary<Input> {
  const names = namesIn(place)
  const values = fc.tuple(...names.map((name) => pathTexts([known(name), missing(name), 'notes', world.eve.userId])))
  const path = values.map((texts) => fill(place, (name) => texts[names.indexOf(name)] ?? 'x'))
  return fc.record({
    path,
    query: route.query === undefined ? fc.constant(undefined) : inputsOf(route.query as z.ZodType, hints()),
    body:
      route.body === undefined || route.method === 'GET' || route.bodyKind === 'multipart'
        ? fc.constant(undefined)
        : inputsOf(route.body as z.ZodType, hints()),
  })
}

async function send(route: AnyRoute, input: Input): Promise<{ status: number; text: string }> {
  const raw = input.body === undefined ? undefined : JSON.stringify(input.body)
  const response = await fetch(world.server.url + input.path + asQuery(input.query), {
    method: route.method,
    headers: { ...headersFor(route), ...(raw === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(raw === undefined ? {} : { body: raw }),
    redirect: 'manual',
  })
  return { status: response.status, text: await response.text() }
}

const SHOWN = 400

describe('[lessons 28] whatever an operation is sent, it answers in words', () => {
  const asked = PLACES.filter(
    ({ route }) => route.responseKind !== 'stream' && !ENDS_CALLER.has(route.id) && !ASKS_OUTSIDE.has(route.id),
  )

  test.each([...Map.groupBy(asked, ({ route }) => route.tag.toLowerCase())])(
    '%s',
    async (_tag, places) => {
      const failures: string[] = []
      for (const { route, path } of places) {
        await fc
          .assert(
            fc.asyncProperty(inputFor(route, path), async (input) => {
              const { status, text } = await send(route, input)
              const isDown = status === 503 && answers(route, 'unavailable')
              if (status >= 500 && !isDown) throw new Error(`${status} ${text.slice(0, SHOWN)}`)
              if (status >= 400 && (route.responseKind ?? 'json') === 'json') {
                const body = JSON.parse(text) as Record<string, unknown>
                for (const member of ['detail', 'error', 'message', 'status', 'request_id'])
                  if (!(member in body)) throw new Error(`${status} without ${member}: ${text.slice(0, SHOWN)}`)
              }
            }),
            { numRuns: RUNS, seed: SEED, endOnFailure: true },
          )
          .catch((error: Error) => failures.push(`${route.id}: ${error.message.slice(0, 1_200)}`))
      }
      expect(failures).toEqual([])
    },
    240_000,
  )

  test('and the platform is still there', async () => {
    expect((await fetch(`${world.server.url}/readyz`)).status).toBe(200)
    expect((await world.ada.request('GET', '/v1/auth/me')).status).toBe(200)
    const failed = world.server
      .logs()
      .split('\n')
      .filter((line) => /"level":(50|60)/.test(line))
    expect(failed.filter((line) => /unhandled|uncaught|does not match its documented shape/i.test(line))).toEqual([])
  })
})
