import type { ChatMessage } from '@imperal/contract'
import { expect } from 'vitest'
import type { ModelAnswer, ModelRequest } from './model-provider.ts'
import { PATIENCE_MS, type Session, until } from './session.ts'

export interface PlannedStep {
  readonly id?: string
  readonly tool: string
  readonly args?: object | string
  readonly depends_on?: readonly string[]
}

/** What a classifier answers (kernel 2.4). */
export const plan = (steps: readonly PlannedStep[], more: object = {}): ModelAnswer => ({
  text: JSON.stringify({
    intent: steps.length > 1 ? 'chain' : 'read',
    confidence: 0.95,
    language: 'en',
    action_plans: steps.map((step, index) => ({
      id: step.id ?? `s${index + 1}`,
      tool: step.tool,
      args: typeof step.args === 'string' ? step.args : JSON.stringify(step.args ?? {}),
      depends_on: step.depends_on ?? [],
    })),
    task_count_target: null,
    missing: [],
    question: null,
    refusal: null,
    ...more,
  }),
})

export type Task = 'classify' | 'pick' | 'narrate' | 'talk' | 'rebind' | 'judge'

/** What a request of the platform to a model is for. */
export const taskOf = (request: ModelRequest): Task =>
  (/TASK (classify|pick|narrate|talk|rebind|judge)/.exec(request.system)?.[1] ?? 'talk') as Task

export interface Assistant {
  messages(conversation?: string): Promise<ChatMessage[]>
  /** Sends a message; gives the id of the answer. */
  say(text: string, conversation?: string, more?: object): Promise<string>
  reply(replyId: string, conversation?: string, patience?: number): Promise<ChatMessage>
  ask(text: string, conversation?: string, more?: object): Promise<ChatMessage>
}

/** Talks to the assistant as one person. */
export function assistantOf(who: Session): Assistant {
  const messages = async (conversation = 'default') =>
    (
      (await who.request('GET', `/v1/chat/messages?conversation_id=${conversation}&limit=200`)).body as {
        messages: ChatMessage[]
      }
    ).messages
  const say = async (text: string, conversation = 'default', more: object = {}) => {
    const body = { text, conversation_id: conversation, ...more }
    const sent = await who.request('POST', '/v1/chat/messages', body)
    expect(sent.status, JSON.stringify(sent.body)).toBe(202)
    return (sent.body as { reply_id: string }).reply_id
  }
  const reply = (replyId: string, conversation = 'default', patience = PATIENCE_MS) =>
    until(
      async () =>
        (await messages(conversation)).find(
          (message) => message.message_id === replyId && message.status !== 'processing',
        ),
      patience,
    )
  return {
    messages,
    say,
    reply,
    ask: async (text, conversation, more) => reply(await say(text, conversation, more), conversation),
  }
}
