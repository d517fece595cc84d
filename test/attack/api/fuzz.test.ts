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
  /** Where a stream is to go on. */
  readonly lastEventId?: string | undefined
}

function inputFor(route: AnyRoute, place: string): fc.Arbitrary<Input> {
  const names = namesIn(place)
  const values = fc.tuple(...names.map((name) => pathTexts([known(name), missing(name), 'notes', world.eve.userId])))
  const path = values.map((texts) => fill(place, (name) => texts[names.indexOf(name)] ?? 'x'))
  return fc.record({
    path,
    query: route.query === undefined ? fc.constant(undefined) : inputsOf(route.query as z.ZodType, hints()),
    body:
      route.body === undefined || route.method === 'GET'
        ? fc.constant(undefined)
        : route.bodyKind === 'multipart'
          ? formsOf(inputsOf(route.body as z.ZodType, hints()))
          : inputsOf(route.body as z.ZodType, hints()),
    ...(route.responseKind === 'stream'
      ? { lastEventId: fc.option(fc.stringMatching(/^[!-~]{0,140}$/), { nil: undefined }) }
      : {}),
  })
}

/** A body as it goes over the wire, and what it is said to be. */
class Form {
  readonly type: string
  readonly bytes: Buffer
  constructor(type: string, bytes: Buffer) {
    this.type = type
    this.bytes = bytes
  }
}

/** Forms with the fields of a route and files of all kinds, some of them cut off or said to be something else. */
function formsOf(fields: fc.Arbitrary<unknown>): fc.Arbitrary<Form> {
  const file = fc.record({
    name: fc.constantFrom('file', 'file', 'file', 'icon', 'bundle', '', '__proto__'),
    filename: fc.constantFrom('notes.pdf', 'app.zip', '../../x', 'a\u0000b', '', '🦀'.repeat(90), 'x"; name="y'),
    mime: fc.constantFrom('application/octet-stream', 'application/zip', 'image/svg+xml', 'text/plain', 'x', ''),
    content: fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...['PK\u0003\u0004', '<svg onload="x"/>', '{}'].map((text) => Buffer.from(text))),
    ),
  })
  const broken = fc.constantFrom('no', 'no', 'no', 'no', 'cut', 'another boundary', 'no boundary', 'empty')
  return fc.tuple(fields, fc.array(file, { maxLength: 3 }), broken).map(([value, files, how]) => {
    const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
    const parts = [
      ...members.map(([name, entry]) => [
        `Content-Disposition: form-data; name="${name.replaceAll(/[\r\n"]/g, '_')}"\r\n\r\n`,
        typeof entry === 'string' ? entry.toWellFormed() : JSON.stringify(entry),
      ]),
      ...files.map(({ name, filename, mime, content }) => [
        `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${mime}\r\n\r\n`,
        Buffer.from(content),
      ]),
    ]
    const whole = Buffer.concat([
      ...parts.map(([head, content]) =>
        Buffer.concat([Buffer.from(`--form\r\n${String(head)}`), Buffer.from(content ?? ''), Buffer.from('\r\n')]),
      ),
      Buffer.from('--form--\r\n'),
    ])
    const bytes = how === 'cut' ? whole.subarray(0, whole.length / 2) : how === 'empty' ? Buffer.alloc(0) : whole
    const boundary = how === 'another boundary' ? '; boundary=other' : how === 'no boundary' ? '' : '; boundary=form'
    return new Form(`multipart/form-data${boundary}`, bytes)
  })
}

async function send(route: AnyRoute, input: Input): Promise<{ status: number; text: string }> {
  const { body, lastEventId } = input
  const raw = body === undefined ? undefined : body instanceof Form ? body.bytes : JSON.stringify(body)
  const type = body instanceof Form ? body.type : 'application/json'
  const response = await fetch(world.server.url + input.path + asQuery(input.query), {
    method: route.method,
    headers: {
      ...headersFor(route),
      ...(raw === undefined ? {} : { 'content-type': type }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    ...(raw === undefined ? {} : { body: raw }),
    redirect: 'manual',
  })
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
    return { status: response.status, text: await response.text() }
  // It would go on for ever; that it has begun is the answer.
  await response.body?.cancel()
  return { status: response.status, text: '' }
}

const SHOWN = 400

describe('[lessons 28] whatever an operation is sent, it answers in words', () => {
  const asked = PLACES.filter(({ route }) => !ENDS_CALLER.has(route.id) && !ASKS_OUTSIDE.has(route.id))

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
              if (status >= 400 && (route.responseKind ?? 'json') !== 'bytes') {
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
