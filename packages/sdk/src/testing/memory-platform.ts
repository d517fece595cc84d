import { isObject, type JsonObject, type JsonValue, type MaybePromise } from '../values/json.ts'

export interface MockPlatformRequest {
  readonly method: string
  readonly path: string
  readonly query: JsonObject
  readonly body: JsonValue
  /** What the pattern caught, by position. */
  readonly caught: readonly string[]
}
type Answer = { readonly status?: number; readonly body: unknown }
type Answering = (request: MockPlatformRequest) => MaybePromise<Answer>

interface Rule {
  readonly method: string
  readonly path: string | RegExp
  readonly answer: Answering
}

/** The platform's own routes in a test: what was not mocked answers 404. */
export class MemoryPlatformRoutes {
  readonly #rules: Rule[] = []
  readonly requests: MockPlatformRequest[] = []

  /** The rule that was added last and fits answers. */
  on(method: string, path: string | RegExp, answer: Answering): void {
    this.#rules.unshift({ method, path, answer })
  }

  async request([method, path, options]: readonly JsonValue[]): Promise<JsonValue> {
    const { query, body } = isObject(options) ? (options as JsonObject) : {}
    const asked = { method: String(method), path: String(path), query: isObject(query) ? (query as JsonObject) : {} }
    for (const rule of this.#rules) {
      if (rule.method !== asked.method) continue
      const match = typeof rule.path === 'string' ? (rule.path === asked.path ? [] : null) : rule.path.exec(asked.path)
      if (match === null) continue
      const request = { ...asked, body: body ?? null, caught: match.slice(1).map(decodeURIComponent) }
      this.requests.push(request)
      const { status = 200, body: answered } = await rule.answer(request)
      return { status, body: (answered ?? null) as JsonValue } // a test answers with JSON
    }
    this.requests.push({ ...asked, body: body ?? null, caught: [] })
    return { status: 404, body: { error: 'not_found', detail: `The test answers no ${asked.method} ${asked.path}.` } }
  }
}
