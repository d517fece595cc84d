import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@imperal/client'
import * as z from 'zod'
import { CliFailure, linesOf } from '../../failure.ts'
import { RequestGuard } from './guard-request.ts'
import { type Caller, CallRequest, createCaller, DecideRequest } from './make-calls.ts'
import type { TryMessage, TryState } from './wire.ts'

/** The built page: beside `src` in a checkout after `npm run build`, beside this code in the package. */
const PAGE = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../dist/page' : './page', import.meta.url))
/** Taken when nobody asks for another one and it is free. */
const USUAL_PORT = 4788
const MOST_BYTES = 1 << 20
const KEPT_LINES = 300
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; media-src https: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self' about: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default",
}

export interface TryOut {
  /** With the key of this run. */
  readonly url: string
  /** Something else is live now. */
  live(state: TryState): void
  /** A line of the terminal's log. */
  line(text: string): void
  close(): Promise<void>
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function jsonOf<T extends z.ZodType>(request: IncomingMessage, schema: T): Promise<z.output<T>> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MOST_BYTES) throw new CliFailure('The request is larger than 1 MB.')
    chunks.push(chunk as Buffer)
  }
  return schema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
}

async function sendFile(response: ServerResponse, name: string): Promise<void> {
  const type = TYPES[path.extname(name)]
  // One flat folder, so that no name leads out of it.
  if (type === undefined || !/^[\w.-]+$/.test(name)) return send(response, 404, { error: 'There is nothing here.' })
  try {
    const content = await readFile(path.join(PAGE, name))
    response.writeHead(200, { ...HEADERS, 'content-type': type }).end(content)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    send(response, 404, { error: 'There is nothing here.' })
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function listenSomewhere(server: Server, wanted: number | undefined): Promise<void> {
  try {
    await listen(server, wanted ?? USUAL_PORT)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    if (wanted === undefined) return listen(server, 0)
    throw new CliFailure(`Port ${wanted} is ${code === 'EADDRINUSE' ? 'taken' : 'not yours to use'}.`, {
      hint: 'Choose another one with --port, or leave it out.',
      cause: error,
    })
  }
}

class Page {
  readonly #caller: Caller
  readonly #streams = new Set<ServerResponse>()
  readonly #lines: string[] = []
  #state: TryState | undefined

  constructor(caller: Caller) {
    this.#caller = caller
  }

  tell(message: TryMessage): void {
    if (message.kind === 'live') this.#state = message.state
    else {
      this.#lines.push(message.text)
      if (this.#lines.length > KEPT_LINES) this.#lines.shift()
    }
    for (const stream of this.#streams) stream.write(`data: ${JSON.stringify(message)}\n\n`)
  }

  follow(response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
    const known: TryMessage[] = this.#lines.map((text) => ({ kind: 'line', text }))
    if (this.#state !== undefined) known.push({ kind: 'live', state: this.#state })
    response.write(`retry: 1000\n\n${known.map((message) => `data: ${JSON.stringify(message)}\n\n`).join('')}`)
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }

  async answer(route: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (route === 'GET /log') return this.follow(response)
    if (route === 'POST /call') {
      if (this.#state === undefined) throw new CliFailure('Nothing is live yet: look at the terminal.')
      return send(response, 200, await this.#caller.call(this.#state.appId, await jsonOf(request, CallRequest)))
    }
    if (route === 'POST /decide')
      return send(response, 200, await this.#caller.decide(await jsonOf(request, DecideRequest)))
    if (!route.startsWith('GET /')) return send(response, 404, { error: 'There is nothing here.' })
    return sendFile(response, route === 'GET /' ? 'index.html' : route.slice('GET /'.length))
  }
}

const messageOf = (error: unknown): string =>
  error instanceof z.ZodError || error instanceof SyntaxError
    ? 'The page asked something that cannot be read.'
    : linesOf(error).join(' ')

/**
 * Serves the page on which functions and panels are tried, on loopback only. Calls are made here with the sign-in of the
 * command line, so that no token ever reaches a browser. @throws CliFailure when the port that was asked for is taken
 */
export async function serveTryOut(client: Client, port?: number): Promise<TryOut> {
  const page = new Page(createCaller(client))
  let guard: RequestGuard
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page')
    try {
      const refusal = guard.checkOrigin(request)
      if (refusal !== null) return send(response, refusal.status, { error: refusal.message })
      if (pathname === '/' && guard.isKey(searchParams.get('key'))) {
        // The key leaves the address, and with it what people copy and what the browser remembers.
        response.writeHead(303, { ...HEADERS, location: '/', 'set-cookie': guard.cookieHeader }).end()
        return
      }
      const unknown = guard.checkCookie(request)
      if (unknown !== null) return send(response, unknown.status, { error: unknown.message })
      await page.answer(`${request.method} ${pathname}`, request, response)
    } catch (error) {
      if (response.headersSent) response.destroy()
      else send(response, 502, { error: messageOf(error) })
    }
  })
  await listenSomewhere(server, port)
  const { port: taken } = server.address() as AddressInfo
  guard = new RequestGuard(taken)
  return {
    url: `http://127.0.0.1:${taken}/?key=${guard.key}`,
    live: (state) => page.tell({ kind: 'live', state }),
    line: (text) => page.tell({ kind: 'line', text }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
