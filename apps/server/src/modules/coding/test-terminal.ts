import { setTimeout as delay } from 'node:timers/promises'
import type { JsonObject } from '@imperal/contract'
import { mountForTest, principalOf } from '../../../../../test/support/apps.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { openFixture } from '../kernel/test-fixture.ts'
import type { LlmMessageAnswer, LlmMessageRequest } from '../llm/index.ts'
import { openCoding } from './index.ts'
import type { CodingOptions } from './types.ts'

interface Person {
  readonly tenantId: string
  readonly userId: string
}

export type Block = LlmMessageAnswer['content'][number]
export type Answering = (request: LlmMessageRequest) => Promise<readonly Block[]> | readonly Block[]

let calls = 0
export const text = (words: string): Block => ({ type: 'text', text: words })
export const use = (name: string, input: JsonObject = {}): Block => ({
  type: 'tool_use',
  id: `tu_${++calls}`,
  name,
  input,
})

export interface FrameOnWire extends JsonObject {
  readonly type: string
}

/** A node with coding sessions, a scripted model, and terminals to speak to it. */
export async function openBench(changes: Partial<CodingOptions> = {}) {
  const fixture = await openFixture()
  fixture.clock.advance(Date.now() - fixture.clock.now())
  const asked: LlmMessageRequest[] = []
  let answering: Answering = () => [text('Done.')]
  const parts: CodingOptions = {
    ...fixture.options,
    kernel: fixture.kernel,
    llm: {
      available: async () => true,
      createMessage: async (request) => {
        asked.push(request)
        const content = await answering(request)
        request.signal?.throwIfAborted()
        const stopReason = content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn'
        return {
          content,
          stopReason,
          model: 'scripted',
          owner: 'installation',
          usage: { input_tokens: 100, output_tokens: 10 },
        }
      },
    },
    assistantName: 'Webbee',
    publicUrl: 'http://panel.test',
    limitFactor: 1,
    limits: async () => (await import('@imperal/contract')).AssistantLimits.parse({}),
    modelOfTier: async () => undefined,
    ...changes,
  }
  // As main.ts has it: streams end when their bearers would not be let in again.
  fixture.options.outbox.admitWith(fixture.identity.isAdmitted)
  fixture.identity.onChange((userId) => fixture.options.outbox.recheck(userId))
  const coding = openCoding(parts)
  let caller: Principal | null = null
  const app = await mountForTest(coding.routes, () => caller as never)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })

  const as = (person: Person, more: Partial<Principal> = {}): Principal => ({ ...principalOf(person), ...more })
  const request = async (
    who: Principal | null,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    caller = who
    const response = await app.inject({
      method: method as 'GET',
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body as object }),
    })
    return { status: response.statusCode, body: response.json() as never }
  }

  /** The stream of a session as a terminal reads it. */
  async function follow(person: Person, sessionId: string, lastId?: string) {
    caller = as(person)
    const abort = new AbortController()
    const response = await fetch(`${url}/v1/agent/sessions/${sessionId}/stream`, {
      headers: { authorization: 'Bearer x', ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
      signal: abort.signal,
    })
    const frames: (FrameOnWire & { id: string })[] = []
    const read = async (body: AsyncIterable<Uint8Array>) => {
      const decoder = new TextDecoder()
      let rest = ''
      for await (const chunk of body) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const [id, data] = ['id: ', 'data: '].map((start) =>
            block
              .split('\n')
              .find((line) => line.startsWith(start))
              ?.slice(start.length),
          )
          if (data !== undefined) frames.push({ ...JSON.parse(data), id: id ?? '' })
        }
      }
    }
    let isEnded = false
    if (response.body !== null)
      read(response.body as unknown as AsyncIterable<Uint8Array>).then(
        () => {
          isEnded = true
        },
        () => undefined, // ends with `close`
      )
    const next = (fits: (frame: FrameOnWire & { id: string }) => boolean) =>
      waitFor(
        () => frames.find(fits),
        () => JSON.stringify(frames.slice(-12)),
      )
    return { status: response.status, frames, next, ended: () => isEnded, close: () => abort.abort() }
  }

  return {
    ...{ fixture, parts, coding, request, follow, as, asked },
    script: (next: Answering) => {
      answering = next
    },
    start: (person: Person, task: string, more: JsonObject = {}) =>
      request(as(person), 'POST', '/v1/agent/sessions', {
        ...{ user_id: person.userId, task, steer_iid: `iid-${++calls}`, coding_context: { repo_key: 'k' } },
        ...more,
      }) as Promise<{ status: number; body: { session_id: string; last_id: string; task_id: string } & JsonObject }>,
    async close() {
      await coding.close()
      // Clients keep their connections for a while.
      app.server.closeAllConnections()
      await app.close()
      await fixture.close()
    },
  }
}

export async function waitFor<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  told: () => string = () => '',
): Promise<T> {
  for (const until = Date.now() + 60_000; Date.now() < until; await delay(10)) {
    const found = await look()
    if (found !== undefined && found !== false) return found
  }
  throw new Error(`it did not happen ${told()}`)
}
