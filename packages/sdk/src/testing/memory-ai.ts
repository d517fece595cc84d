import { isObject, type JsonObject, type JsonValue, stringOr } from '../values/json.ts'
import { portError } from './port-error.ts'

type Response = string | ((prompt: string) => string)
interface Rule {
  readonly pattern: string | RegExp
  readonly response: Response
}

const members = (value: JsonValue | undefined): JsonObject => (isObject(value) ? (value as JsonObject) : {})

const within = (value: JsonValue | undefined, least: number, most: number): boolean =>
  value === null || value === undefined || (typeof value === 'number' && value >= least && value <= most)

/** The bounds of the platform. */
function checkSettings({ max_tokens: tokensWanted, temperature }: JsonObject): void {
  const isWhole = typeof tokensWanted !== 'number' || Number.isInteger(tokensWanted)
  if (!within(tokensWanted, 1, 50_000) || !isWhole)
    throw portError('validation_error', 'max_tokens is a whole number from 1 to 50000.', { field: 'max_tokens' })
  if (!within(temperature, 0, 2))
    throw portError('validation_error', 'temperature is a number from 0 to 2.', { field: 'temperature' })
}

/** About as many tokens as a real model would count. */
const tokens = (text: string): number => Math.ceil(text.length / 4)

/** Model answers of a test: the first pattern found in the prompt decides. */
export class MemoryAi {
  readonly prompts: string[] = []
  readonly #rules: Rule[] = []
  readonly #streams = new Map<string, { pieces: string[]; result: JsonObject }>()
  #opened = 0

  setResponse(pattern: string | RegExp, response: Response): void {
    this.#rules.push({ pattern, response })
  }

  complete(request: JsonValue | undefined): JsonObject {
    const { prompt, model } = members(request)
    const text = stringOr(prompt, '')
    if (text === '') throw portError('validation_error', 'A prompt is needed.', { field: 'prompt' })
    checkSettings(members(request))
    const answer = this.#answer(text)
    const [input, output] = [tokens(text), tokens(answer)]
    const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output }
    return { text: answer, model: model || 'mock', usage, stop_reason: 'end_turn' }
  }

  stream(request: JsonValue | undefined): string {
    const result = this.complete(request)
    this.#opened += 1
    const id = `stream_${this.#opened}`
    this.#streams.set(id, { pieces: String(result.text).match(/\S+\s*/g) ?? [], result })
    return id
  }

  /** One word at a time, then the end. */
  next(id: JsonValue | undefined): JsonObject {
    const stream = this.#streams.get(String(id))
    if (stream === undefined) throw portError('not_found', 'No such stream', { resource: 'stream', id: String(id) })
    const text = stream.pieces.shift() ?? ''
    if (stream.pieces.length > 0) return { text, result: null }
    this.#streams.delete(String(id))
    return { text, result: stream.result }
  }

  stop(id: JsonValue | undefined): null {
    this.#streams.delete(String(id))
    return null
  }

  /** `getLlmProvider()`: the last text that a user said is looked for in the patterns; tools are for `mockLlm`. */
  createMessage(request: JsonValue | undefined): JsonObject {
    const { messages, model } = members(request)
    checkSettings(members(request))
    const said = Array.isArray(messages) ? messages.flatMap(textsOfUser) : []
    const answer = this.#answer(said.at(-1) ?? '')
    const usage = { input_tokens: tokens(said.join('')), output_tokens: tokens(answer) }
    return { content: [{ type: 'text', text: answer }], stop_reason: 'end_turn', model: model || 'mock', usage }
  }

  #answer(prompt: string): string {
    this.prompts.push(prompt)
    const hit = this.#rules.find(({ pattern }) =>
      typeof pattern === 'string' ? prompt.toLowerCase().includes(pattern.toLowerCase()) : pattern.test(prompt),
    )
    if (hit === undefined) return 'Mock AI response'
    return typeof hit.response === 'function' ? hit.response(prompt) : hit.response
  }
}

function textsOfUser(message: JsonValue): string[] {
  const { role, content } = members(message)
  if (role !== 'user') return []
  if (!Array.isArray(content)) return [String(content)]
  return content.flatMap((block) => {
    const { text, content: result } = members(block)
    return [text, result].filter((part): part is string => typeof part === 'string')
  })
}
