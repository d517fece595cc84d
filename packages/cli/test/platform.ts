import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One upload as the platform got it. */
export interface Uploaded {
  readonly appId: string
  readonly version: string
  readonly changelog: string
  readonly manifest: Record<string, unknown>
  readonly bundle: string
  readonly sourceMap: string
  readonly icon: string | null
}

interface Answer {
  readonly status: number
  readonly body: unknown
}
type Handler = (request: Request, match: RegExpExecArray) => Promise<Answer> | Answer

const NOW = '2026-06-10T10:00:00.000Z'
const json = (body: unknown, status = 200): Answer => ({ status, body })
const refusal = (status: number, error: string, message = error): Answer =>
  json({ detail: message, error, message, status, request_id: 'req_12345678' }, status)

/** The routes that the command line uses, and no others, in the shapes of the contract. */
export class TestPlatform {
  readonly uploads: Uploaded[] = []
  readonly seen: string[] = []
  readonly apps = new Set<string>()
  readonly streams = new Set<ServerResponse>()
  isDeveloper = false
  isAdmin = false
  isReady = true
  /** Events that were given up, and what was asked to be replayed. */
  dead: object[] = []
  readonly replays: object[] = []
  /** Bodies of the calls of functions. */
  readonly called: object[] = []
  readonly deployedDocuments: object[] = []
  /** Answers to polls of the device code, first to last; then it is approved. */
  polls: string[] = []
  access = 'access-1'
  refresh = 'refresh-1'
  /** Answers of the next deploys; live when empty. */
  deploys: Answer[] = []
  url = ''
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  #challenge = ''

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  async close(): Promise<void> {
    for (const stream of this.streams) stream.end()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** One message to everybody who listens. */
  send(type: string, payload: object): void {
    for (const stream of this.streams) stream.write(`data: ${JSON.stringify({ type, payload, ts: NOW })}\n\n`)
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const request = new Request(this.url + incoming.url, {
      method: incoming.method ?? 'GET',
      headers: incoming.headers as Record<string, string>,
      ...(body.length === 0 ? {} : { body }),
    })
    this.seen.push(`${request.method} ${new URL(request.url).pathname}`)
    if (new URL(request.url).pathname === '/v1/events/stream') return this.#stream(response)
    const { status, body: answer } = await this.#route(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    this.streams.add(response)
    response.on('close', () => this.streams.delete(response))
  }

  async #route(request: Request): Promise<Answer> {
    const key = `${request.method} ${new URL(request.url).pathname}`
    for (const [pattern, handler, isOpen] of this.#routes()) {
      const match = pattern.exec(key)
      if (match === null) continue
      const signedIn =
        request.headers.get('authorization') === `Bearer ${this.access}` || request.headers.get('x-api-key') === 'key-1'
      return isOpen || signedIn ? handler(request, match) : refusal(401, 'unauthenticated', 'Sign in.')
    }
    return refusal(404, 'not_found', `There is no ${key}`)
  }

  #routes(): [RegExp, Handler, boolean][] {
    const tokens = () => ({
      access_token: this.access,
      refresh_token: this.refresh,
      token_type: 'bearer',
      expires_in: 900,
    })
    return [
      [/^GET \/readyz$/, () => (this.isReady ? json({ status: 'ready' }) : refusal(503, 'unavailable')), true],
      [/^POST \/v1\/auth\/cli\/device\/authorize$/, (request) => this.#authorize(request), true],
      [/^POST \/v1\/auth\/cli\/device\/token$/, (request) => this.#poll(request, tokens), true],
      [
        /^POST \/v1\/auth\/refresh$/,
        async (request) => {
          const { refresh_token: given } = (await request.json()) as { refresh_token: string }
          if (given !== this.refresh) return refusal(401, 'session_ended', 'Session ended.')
          const next = Number(this.refresh.split('-')[1]) + 1
          this.access = `access-${next}`
          this.refresh = `refresh-${next}`
          return json(tokens())
        },
        true,
      ],
      [/^POST \/v1\/auth\/logout$/, () => json({ message: 'bye' }), true],
      [
        /^GET \/v1\/auth\/me$/,
        () => json({ email: 'ada@example.com', imperal_id: 'imp_u_ada00001', tenant_id: 'default', role: 'user' }),
        false,
      ],
      [
        /^POST \/v1\/extensions\/[^/]+\/call$/,
        async (request) => {
          this.called.push((await request.json()) as object)
          return json({ status: 'success', data: {}, summary: 'Greeted World', error: null, ui: null })
        },
        false,
      ],
      [/^GET \/v1\/admin\/doctor$/, () => (this.isAdmin ? json(DOCTOR) : refusal(403, 'forbidden')), false],
      [/^GET \/v1\/admin\/events\/dead$/, () => json({ events: this.dead, total: this.dead.length }), false],
      [
        /^POST \/v1\/admin\/events\/(?:dead\/)?replay$/,
        async (request) => {
          this.replays.push((await request.json()) as object)
          const replayed = this.dead.length
          this.dead = []
          return json({ replayed })
        },
        false,
      ],
      [
        /^POST \/v1\/ir\/validate$/,
        async (request) => {
          const { ir_dict: document } = (await request.json()) as { ir_dict: { broken?: boolean } }
          const issue = {
            rule: 'IR46',
            level: 'ERROR',
            message: "collection '1' is not a valid name",
            path: 'steps.0.params.collection',
            fix: 'Begin with a letter.',
          }
          return json({
            valid: document.broken !== true,
            issues: document.broken === true ? [issue] : [],
            manifest: null,
          })
        },
        false,
      ],
      [
        /^POST \/v1\/developer\/apps\/([^/]+)\/ir$/,
        async (request, [, appId = '']) => {
          this.deployedDocuments.push((await request.json()) as object)
          return json({ ...RECEIPT, app_id: appId, id: appId }, 201)
        },
        false,
      ],
      [/^GET \/v1\/developer\/profile$/, () => (this.isDeveloper ? json({}) : refusal(403, 'forbidden')), false],
      [
        /^POST \/v1\/developer\/register$/,
        () => {
          this.isDeveloper = true
          return json({})
        },
        false,
      ],
      [
        /^GET \/v1\/developer\/apps\/([^/]+)$/,
        (_request, [, appId = '']) =>
          appId === 'taken' || this.apps.has(appId)
            ? json({ app_id: appId, owner: appId !== 'taken' })
            : refusal(404, 'not_found', 'App not found'),
        false,
      ],
      [
        /^POST \/v1\/developer\/apps$/,
        async (request) => {
          const { app_id: appId } = (await request.json()) as { app_id: string }
          this.apps.add(appId)
          return json({ app_id: appId, status: 'draft' }, 201)
        },
        false,
      ],
      [
        /^POST \/v1\/developer\/apps\/([^/]+)\/deploys$/,
        (request, [, appId = '']) => this.#deploy(request, appId),
        false,
      ],
      [/^POST \/v1\/developer\/apps\/([^/]+)\/submit$/, (_request, [, appId = '']) => json(submitted(appId)), false],
      [/^GET \/v1\/developer\/apps\/[^/]+\/deploys$/, () => json(HISTORY), false],
    ]
  }

  async #authorize(request: Request): Promise<Answer> {
    const { code_challenge: challenge } = (await request.json()) as { code_challenge: string }
    this.#challenge = challenge
    const page = `${this.url}/device`
    return json({
      device_code: 'device-1',
      user_code: 'WDBK-7Q3M',
      verification_uri: page,
      verification_uri_complete: `${page}?code=WDBK-7Q3M`,
      expires_in: 600,
      interval: 5,
    })
  }

  async #poll(request: Request, tokens: () => object): Promise<Answer> {
    const { code_verifier: verifier } = (await request.json()) as { code_verifier: string }
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    if (challenge !== this.#challenge) return refusal(400, 'invalid_grant')
    const next = this.polls.shift()
    if (next === undefined) return json(tokens())
    return next === 'access_denied' ? refusal(400, next) : json({ error: next })
  }

  async #deploy(request: Request, appId: string): Promise<Answer> {
    const form = await request.formData()
    const text = async (part: string) => {
      const value = form.get(part)
      return typeof value === 'string' ? value : ((await value?.text()) ?? null)
    }
    this.uploads.push({
      appId,
      version: (await text('version')) ?? '',
      changelog: (await text('changelog')) ?? '',
      manifest: JSON.parse((await text('manifest')) ?? '{}'),
      bundle: (await text('bundle')) ?? '',
      sourceMap: (await text('source_map')) ?? '',
      icon: await text('icon'),
    })
    return this.deploys.shift() ?? liveDeploy(appId)
  }
}

export const liveDeploy = (appId: string, more: object = {}): Answer =>
  json(
    {
      deploy_id: 'dep_1',
      app_id: appId,
      version: '1.0.0',
      status: 'live',
      created_at: NOW,
      stage: null,
      error_message: null,
      report: { errors: 0, warnings: 0, issues: [] },
      ...more,
    },
    201,
  )

const RECEIPT = {
  ...{ deployed_at: '2026-06-10T10:00:00.000Z', steps_registered: 1, ir_version: '1.0.0', format_version: '1.0' },
  ...{
    functions_registered: 1,
    functions: ['add'],
    revision: 1,
    previous_revision: null,
    sha256: '0',
    unchanged: false,
  },
  ...{
    status: 'deployed',
    validation: 'ok',
    commit: '1.0.0',
    tools_synced: 1,
    panels_synced: false,
    icon_synced: false,
  },
  ...{
    manifest_synced: true,
    migrations_applied: null,
    dev_mode: true,
    submitted: false,
    review: 'none',
    warnings: [
      { rule: 'IR70', level: 'WARN', message: "function 'old' removed", path: 'app.functions', fix: 'Keep it.' },
    ],
  },
  ...{ title: 'A', kind: 'deploy' },
}

const submitted = (appId: string) => ({
  app_id: appId,
  status: 'pending_review',
  submitted_at: NOW,
  checks: [
    { check: 'has_icon', ok: true, message: 'ok' },
    { check: 'category', ok: true, message: 'productivity' },
  ],
})

export const busyDeploy: Answer = refusal(409, 'conflict', 'The deploy dep_0 of this app is still running.')

const DOCTOR = {
  status: 'warn',
  generated_at: NOW,
  checks: [{ name: 'isolation', status: 'warn', summary: 'level namespaced', fix: 'Run as root.', details: {} }],
}

const HISTORY = [
  {
    version: '1.0.1',
    status: 'live',
    deployed_at: NOW,
    created_at: NOW,
    commit_sha: '0123456789abcdef',
    error_message: null,
  },
  {
    version: '1.0.0',
    status: 'failed',
    deployed_at: null,
    created_at: NOW,
    commit_sha: null,
    error_message: 'V16: say more',
  },
]
