import fastify, { type LightMyRequestResponse } from 'fastify'
import pino from 'pino'
import { expect } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { openBus } from '../../foundation/bus.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import { installErrorHandling, mountRoutes } from '../../foundation/http/mount.ts'
import { type Mail, openPost } from '../../foundation/mail/index.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import { openOutbox, type StreamRecord } from '../outbox/index.ts'
import { type IdentityOptions, type IdentityPolicy, type IdentityPorts, openIdentity } from './index.ts'

export const SERVICE_TOKEN = 'service-token-of-the-tests'
export const CALL_SECRET = 'call-token-secret-of-the-tests'
export const PASSWORD = 's3cure!'

const POLICY: IdentityPolicy = {
  publicUrl: 'http://127.0.0.1:4780',
  revealExisting: true,
  passwordMinimum: 0,
  limitFactor: 1,
  allowPrivateNetwork: false,
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly token_type: string
  readonly expires_in: number
}

interface Sent {
  readonly body?: unknown
  readonly token?: string | undefined
  readonly headers?: Record<string, string>
}

const post = (body: unknown, token?: string): Sent => ({ body, token })

/** The identity module behind its real routes, on a database of its own; the outside world is a list of mails. */
export async function openFixture(changes: { policy?: Partial<IdentityPolicy>; ports?: IdentityPorts } = {}) {
  const database = await createTestDatabase()
  const problems: Record<string, unknown>[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => problems.push(JSON.parse(line)) })
  const clock = manualClock(Date.now())
  const mails: Mail[] = []
  /** Counters that requests were taken from, `<route>:<kind>:<who>`, while it is there; limits are off otherwise. */
  const counted: { keys: string[] | null } = { keys: null }
  const mailer = { send: async (mail: Mail) => void mails.push(mail), close: async () => {} }
  const keyring = testKeyring()
  const letterbox = openPost(mailer, log)

  async function openNode(policy: Partial<IdentityPolicy> = {}) {
    const db = openDatabase(database.connection)
    const bus = await openBus(database.connection, log)
    const outbox = await openOutbox({ db, bus, log, clock })
    const options: IdentityOptions = {
      db,
      bus,
      log,
      clock,
      keyring,
      audit: openAudit({ db, clock }),
      outbox,
      post: letterbox,
      serviceTokens: [SERVICE_TOKEN],
      callTokenSecrets: [CALL_SECRET, 'the-secret-of-before'],
      ports: changes.ports,
      policy: { ...POLICY, ...changes.policy, ...policy },
    }
    const identity = await openIdentity(options)
    const app = fastify({ genReqId: () => 'req_0123456789', trustProxy: true })
    installErrorHandling(app, log)
    mountRoutes(app, identity.routes, {
      log,
      limiter: {
        async take(key, limit) {
          counted.keys?.push(key)
          return { allowed: true, limit, remaining: limit, reset: 1 }
        },
      },
      limitFactor: 1,
      checkResponses: true,
      authenticate: (request) => identity.authenticate(request.headers),
    })
    const send = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, sent: Sent = {}) =>
      app.inject({
        method,
        url,
        ...(sent.body === undefined ? {} : { payload: sent.body as object }),
        headers: {
          ...(sent.token === undefined ? {} : { authorization: `Bearer ${sent.token}` }),
          ...sent.headers,
        },
      })
    const close = async () => {
      await app.close()
      await identity.close()
      await outbox.close()
      await bus.close()
      await db.close()
    }
    return { db, bus, outbox, identity, send, close }
  }

  const node = await openNode()
  const { send } = node

  /** The code in the newest mail of a kind to somebody. */
  function mailedCode(to: string, kind: string): string {
    const mail = mails.findLast((candidate) => candidate.to === to && candidate.kind === kind)
    if (!mail) throw new Error(`no ${kind} mail to ${to}`)
    return /enter this code:\n\n(\S+)/.exec(mail.text)?.[1] ?? ''
  }
  async function signUp(email: string): Promise<string> {
    const answer = await send('POST', '/v1/auth/signup', post({ email, password: PASSWORD }))
    expect(answer.statusCode).toBe(201)
    return answer.json<{ user_id: string }>().user_id
  }
  /** A user who has signed up and verified the address. */
  async function join(email: string): Promise<Tokens & { userId: string; email: string }> {
    const userId = await signUp(email)
    const answer = await send('POST', '/v1/auth/verify-email', post({ token: mailedCode(email, 'verify_email') }))
    expect(answer.statusCode).toBe(200)
    return { ...answer.json<Tokens>(), userId, email }
  }
  const logIn = (
    email: string,
    password = PASSWORD,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> =>
    send('POST', '/v1/auth/login', { ...post({ email, password, tenant_id: 'default' }), headers })
  const refresh = (refreshToken: string): Promise<LightMyRequestResponse> =>
    send('POST', '/v1/auth/refresh', post({ refresh_token: refreshToken }))
  const me = (token: string): Promise<LightMyRequestResponse> => send('GET', '/v1/auth/me', { token })

  async function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    const { default: pg } = await import('pg')
    const client = new pg.Client(database.superuserConnection)
    await client.connect()
    try {
      return (await client.query(text, values)).rows
    } finally {
      await client.end()
    }
  }
  const audited = async (action: string) =>
    rows<{ actor_id: string; target_id: string | null; metadata: unknown; retention_class: string }>(
      'select actor_id, target_id, metadata, retention_class from audit.entry where action = $1 order by created_at',
      [action],
    )
  /** Every message of the outbox from now on. */
  function announced(): StreamRecord[] {
    const records: StreamRecord[] = []
    node.outbox.listen((record) => records.push(record))
    return records
  }

  return {
    ...node,
    openNode,
    database,
    keyring,
    clock,
    mails,
    counted,
    problems,
    mailedCode,
    signUp,
    join,
    logIn,
    refresh,
    me,
    rows,
    audited,
    announced,
    async close() {
      await letterbox.drain()
      await node.close()
      // An answer that does not match its documented shape, or anything else that nobody expected.
      expect(problems).toEqual([])
    },
  }
}
