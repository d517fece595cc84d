import { isObject, type JsonObject } from '../values/json.ts'

/** One HTTP request to a server; whoever sends it follows the rules of its place. */
export type Exchange = (request: {
  readonly method: 'POST' | 'DELETE'
  readonly headers: Record<string, string>
  readonly body?: string
}) => Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }>

const OFFERED = '2025-06-18'
const CLIENT = { name: 'imperal', version: '1.0.0' }
const LONGEST_REASON = 300

/** The server answered with an error, or with no answer of the protocol. `status` is that of HTTP. */
export class McpFailure extends Error {
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.name = 'McpFailure'
    this.status = status
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no message of the protocol; the caller says so
  }
}

/** Messages of an answer, which comes as JSON or as an event stream. */
function messagesOf(type: string, text: string): JsonObject[] {
  const texts = type.includes('text/event-stream')
    ? text.split(/\r?\n\r?\n/).map((block) =>
        block
          .split(/\r?\n/)
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice('data:'.length).replace(/^ /, ''))
          .join('\n'),
      )
    : [text]
  return texts.flatMap((one) => parsed(one) ?? []).filter((one): one is JsonObject => isObject(one))
}

/** A conversation with one MCP server over streamable HTTP: requests and their answers, nothing that the server begins. */
export class McpConversation {
  readonly #exchange: Exchange
  readonly #token: string | null
  #session: string | undefined
  #version = ''
  #last = 0

  constructor(exchange: Exchange, token: string | null) {
    this.#exchange = exchange
    this.#token = token
  }

  #headers(): Record<string, string> {
    return {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      ...(this.#session === undefined ? {} : { 'mcp-session-id': this.#session }),
      ...(this.#version === '' ? {} : { 'mcp-protocol-version': this.#version }),
    }
  }

  async #send(message: JsonObject) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    const answer = await this.#exchange({ method: 'POST', headers: this.#headers(), body })
    if (answer.status >= 400)
      throw new McpFailure(
        answer.status === 401 || answer.status === 403
          ? 'The MCP server does not accept the token.'
          : `The MCP server answered ${answer.status}: ${answer.text.slice(0, LONGEST_REASON)}`,
        answer.status,
      )
    return answer
  }

  /** @throws McpFailure */
  async request(method: string, params: JsonObject = {}): Promise<JsonObject> {
    this.#last += 1
    const id = this.#last
    const answer = await this.#send({ id, method, params })
    this.#session ??= answer.headers['mcp-session-id']
    const found = messagesOf(answer.headers['content-type'] ?? '', answer.text).find((message) => message.id === id)
    if (isObject(found?.error)) {
      const said = String((found.error as JsonObject).message ?? 'an error without words').slice(0, LONGEST_REASON)
      throw new McpFailure(`The MCP server refused ${method}: ${said}`, answer.status)
    }
    if (!isObject(found?.result)) throw new McpFailure(`The MCP server gave no answer to ${method}.`, answer.status)
    return found.result as JsonObject
  }

  /** Introduces both sides; the server's name and capabilities. @throws McpFailure */
  async begin(): Promise<JsonObject> {
    const said = await this.request('initialize', { protocolVersion: OFFERED, capabilities: {}, clientInfo: CLIENT })
    this.#version = typeof said.protocolVersion === 'string' ? said.protocolVersion : OFFERED
    await this.#send({ method: 'notifications/initialized' })
    return said
  }

  /** Ends the session on the server, where it keeps one. A server may refuse that. */
  async end(): Promise<void> {
    if (this.#session === undefined) return
    await this.#exchange({ method: 'DELETE', headers: this.#headers() })
  }
}

/** Runs `work` in a conversation that is ended afterwards. @throws McpFailure */
export async function inConversation<T>(
  exchange: Exchange,
  token: string | null,
  work: (conversation: McpConversation, introduction: JsonObject) => Promise<T>,
): Promise<T> {
  const conversation = new McpConversation(exchange, token)
  const introduction = await conversation.begin()
  try {
    return await work(conversation, introduction)
  } finally {
    // The answer counts; a session that cannot be ended ends by itself.
    await conversation.end().catch(() => undefined)
  }
}
