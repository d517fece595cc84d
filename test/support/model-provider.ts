import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What the stand-in was asked, in one shape for all three protocols. */
export interface ModelRequest {
  readonly protocol: 'anthropic' | 'openai' | 'google'
  readonly model: string
  readonly system: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly stream: boolean
  readonly key: string
  readonly wantsObject: boolean
  /** Names of the tools that were offered. */
  readonly tools: readonly string[]
  /** The whole body as it was sent. */
  readonly body: Readonly<Record<string, unknown>>
}

export interface ScriptedCall {
  readonly id: string
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

export type ModelAnswer =
  | { readonly text: string; readonly calls?: readonly ScriptedCall[] }
  | { readonly status: number }
  | { readonly hangUp: true }
  | { readonly stall: true }
  /** The stream, or the body, is cut after this text. */
  | { readonly breakAfter: string }
  /** A whole answer whose bytes are no JSON, and no events. */
  | { readonly garbage: true }
  /** The stream begins with this text and never goes on. */
  | { readonly stallAfter: string }
export type ModelScript = (request: ModelRequest, index: number) => ModelAnswer

export interface ModelProvider {
  readonly url: string
  readonly requests: readonly ModelRequest[]
  script(answer: ModelScript): void
  close(): Promise<void>
}

const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map((part) => (part as { text?: string }).text ?? '').join('')
      : ''

interface Wire {
  model?: string
  stream?: boolean
  system?: unknown
  messages?: { role: string; content: unknown }[]
  contents?: { role: string; parts: { text?: string }[] }[]
  systemInstruction?: { parts: { text?: string }[] }
  response_format?: unknown
  output_config?: unknown
  tools?: unknown
  generationConfig?: { responseMimeType?: string }
}

function read(
  protocol: ModelRequest['protocol'],
  url: string,
  headers: IncomingMessage['headers'],
  wire: Wire,
): ModelRequest {
  const messages = wire.contents
    ? wire.contents.map((entry) => ({ role: entry.role, content: textOf(entry.parts) }))
    : (wire.messages ?? []).map((entry) => ({ role: entry.role, content: textOf(entry.content) }))
  const systems = messages
    .filter((message) => message.role === 'system' || message.role === 'developer')
    .map((message) => message.content)
  return {
    protocol,
    model: wire.model ?? /models\/([^:]+):/.exec(url)?.[1] ?? '',
    system: [textOf(wire.system), textOf(wire.systemInstruction?.parts), ...systems]
      .filter((part) => part !== '')
      .join('\n'),
    messages: messages.filter((message) => message.role !== 'system' && message.role !== 'developer'),
    stream: wire.stream === true || url.includes('streamGenerateContent'),
    key: String(
      headers['x-api-key'] ?? headers['x-goog-api-key'] ?? (headers.authorization ?? '').replace('Bearer ', ''),
    ),
    wantsObject:
      wire.response_format !== undefined ||
      wire.output_config !== undefined ||
      wire.generationConfig?.responseMimeType === 'application/json',
    tools: toolNames(wire.tools),
    body: wire as Record<string, unknown>,
  }
}

interface WireTool {
  name?: string
  function?: { name?: string }
  functionDeclarations?: { name?: string }[]
}

const toolNames = (tools: unknown): string[] =>
  (Array.isArray(tools) ? (tools as WireTool[]) : []).flatMap((tool) =>
    tool.functionDeclarations
      ? tool.functionDeclarations.map(({ name }) => name ?? '')
      : [tool.function?.name ?? tool.name ?? ''],
  )

const USAGE = { input: 11, output: 7 }

function whole(request: ModelRequest, text: string, calls: readonly ScriptedCall[] = []): unknown {
  const hasCalls = calls.length > 0
  if (request.protocol === 'anthropic') {
    return {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: request.model,
      content: [
        ...(text === '' && hasCalls ? [] : [{ type: 'text', text }]),
        ...calls.map((call) => ({ type: 'tool_use', ...call })),
      ],
      stop_reason: hasCalls ? 'tool_use' : 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: USAGE.input, output_tokens: USAGE.output },
    }
  }
  if (request.protocol === 'google') {
    return {
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              ...(text === '' && hasCalls ? [] : [{ text }]),
              ...calls.map(({ name, input }) => ({ functionCall: { name, args: input } })),
            ],
          },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: USAGE.input, candidatesTokenCount: USAGE.output, totalTokenCount: 18 },
    }
  }
  return {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: request.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && hasCalls ? null : text,
          ...(hasCalls
            ? {
                tool_calls: calls.map(({ id, name, input }) => ({
                  id,
                  type: 'function',
                  function: { name, arguments: JSON.stringify(input) },
                })),
              }
            : {}),
        },
        finish_reason: hasCalls ? 'tool_calls' : 'stop',
      },
    ],
    usage: { prompt_tokens: USAGE.input, completion_tokens: USAGE.output, total_tokens: 18 },
  }
}

function* pieces(request: ModelRequest, text: string): Generator<[string | null, unknown]> {
  const words = text.match(/\S+\s*/g) ?? []
  if (request.protocol === 'anthropic') {
    yield [
      'message_start',
      { type: 'message_start', message: { ...(whole(request, '') as object), content: [], stop_reason: null } },
    ]
    yield ['content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }]
    for (const word of words)
      yield [
        'content_block_delta',
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: word } },
      ]
    yield ['content_block_stop', { type: 'content_block_stop', index: 0 }]
    yield [
      'message_delta',
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: USAGE.output },
      },
    ]
    yield ['message_stop', { type: 'message_stop' }]
    return
  }
  for (const word of words) {
    if (request.protocol === 'google') yield [null, whole(request, word)]
    else
      yield [
        null,
        {
          id: 'c1',
          object: 'chat.completion.chunk',
          created: 1,
          model: request.model,
          choices: [{ index: 0, delta: { role: 'assistant', content: word }, finish_reason: null }],
        },
      ]
  }
  if (request.protocol === 'openai') {
    yield [
      null,
      {
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 1,
        model: request.model,
        choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
        usage: { prompt_tokens: USAGE.input, completion_tokens: USAGE.output, total_tokens: 18 },
      },
    ]
  }
}

/** Begins an answer that never ends as it should. */
function cut(
  request: ModelRequest,
  answer: { readonly breakAfter: string } | { readonly stallAfter: string },
  response: ServerResponse,
): void {
  const text = 'breakAfter' in answer ? answer.breakAfter : answer.stallAfter
  const finish = () => 'breakAfter' in answer && response.destroy()
  response.writeHead(200, { 'content-type': request.stream ? 'text/event-stream' : 'application/json' })
  if (!request.stream) return void response.write(JSON.stringify(whole(request, text)).slice(0, -20), finish)
  const words = text.match(/\S+\s*/g)?.length ?? 0
  // The opening events of the protocol and the words, and nothing that closes them.
  const opening = request.protocol === 'anthropic' ? 2 : 0
  const begun = [...pieces(request, text)].slice(0, opening + words)
  for (const [index, [event, data]] of begun.entries())
    response.write(
      `${event === null ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`,
      index === begun.length - 1 ? finish : undefined,
    )
}

function send(request: ModelRequest, answer: ModelAnswer, response: ServerResponse): void {
  if ('hangUp' in answer) return void response.destroy()
  if ('stall' in answer) return
  if ('status' in answer) {
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    return void response.end(
      JSON.stringify({ type: 'error', error: { type: 'scripted', message: `scripted ${answer.status}` } }),
    )
  }
  if ('garbage' in answer) {
    response.writeHead(200, { 'content-type': request.stream ? 'text/event-stream' : 'application/json' })
    return void response.end(request.stream ? 'data: {"choices": [{\n\n' : '{"choices": [{')
  }
  if ('breakAfter' in answer || 'stallAfter' in answer) {
    cut(request, answer, response)
    return
  }
  if (!request.stream) {
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.end(JSON.stringify(whole(request, answer.text, answer.calls)))
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const [event, data] of pieces(request, answer.text))
    response.write(`${event === null ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
  if (request.protocol === 'openai') response.write('data: [DONE]\n\n')
  response.end()
}

const protocolOf = (url: string): ModelRequest['protocol'] =>
  url.includes('/messages') ? 'anthropic' : url.includes('enerateContent') ? 'google' : 'openai'

/** A model provider on loopback that speaks the wire protocols of the real ones and answers what the test scripts. */
export async function startModelProvider(initial: ModelScript = () => ({ text: 'ok' })): Promise<ModelProvider> {
  let script = initial
  const requests: ModelRequest[] = []
  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming).catch(() => null)
    if (body === null) return // whoever asked is gone
    const url = incoming.url ?? ''
    const request = read(protocolOf(url), url, incoming.headers, JSON.parse(body.toString('utf8') || '{}') as Wire)
    requests.push(request)
    send(request, script(request, requests.length - 1), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    script(next) {
      script = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Settings of a platform whose model is this one. */
export const settingsFor = ({ url }: Pick<ModelProvider, 'url'>) => ({
  IMPERAL_LLM_PROVIDER: 'openai_compatible',
  IMPERAL_LLM_MODEL: 'scripted',
  IMPERAL_LLM_BASE_URL: url,
  IMPERAL_LLM_API_KEY: 'sk-scripted',
})
