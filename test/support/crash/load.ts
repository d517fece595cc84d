import { setTimeout as delay } from 'node:timers/promises'
import type { TestServer } from '../server.ts'
import { type Session, send } from '../session.ts'

/** What somebody who asked for one effect was told in the end. */
export interface Told {
  readonly key: string
  readonly function: 'write' | 'paid' | 'work'
  /** `refused`: an error was reported; `silent`: no answer in time, or nobody knows. */
  readonly answer: 'done' | 'accepted' | 'refused' | 'silent'
  readonly taskId: string | null
  readonly detail: string
}

interface Answer {
  readonly status: number
  readonly body: { status?: string; error_code?: string; error?: string; data?: { task_id?: string } }
}

const TRIES = 25
const FUNCTIONS = ['write', 'write', 'write', 'paid', 'paid', 'work'] as const

/** Asks until somebody answers, always under one key: a client that repeats what got no answer, as clients do. */
async function ask(
  alive: () => readonly TestServer[],
  session: Pick<Session, 'token' | 'userId'>,
  request: { key: string; function: string; random: () => number },
): Promise<Answer | null> {
  for (let n = 0; n < TRIES; n++) {
    const servers = alive()
    const server = servers[Math.floor(request.random() * servers.length)]
    const body = { user_id: session.userId, function: request.function, params: { key: request.key } }
    const headers = { authorization: `Bearer ${session.token}`, 'idempotency-key': request.key }
    const answer =
      server === undefined
        ? null
        : await send(`${server.url}/v1/extensions/crashlab/call`, 'POST', body, headers).catch(() => null)
    if (answer !== null && answer.status < 500 && answer.status !== 429 && answer.status !== 409)
      return answer as Answer
    // 409: the first request still runs, or was cut off with its node.
    if (answer?.status === 409 && n > 3) return null
    await delay(100 + request.random() * 200)
  }
  return null
}

function told(key: string, name: Told['function'], answer: Answer | null): Told {
  const base = { key, function: name, taskId: answer?.body.data?.task_id ?? null }
  if (answer === null) return { ...base, answer: 'silent', detail: '' }
  if (answer.status !== 200 && answer.status !== 202)
    return { ...base, answer: 'refused', detail: `${answer.status} ${answer.body.error}` }
  if (answer.body.status === 'error') return { ...base, answer: 'refused', detail: String(answer.body.error_code) }
  return { ...base, answer: base.taskId === null ? 'done' : 'accepted', detail: '' }
}

/** Mixed load of so many callers until `stop` says so. Resolves with what each was told. */
export async function load(options: {
  readonly alive: () => readonly TestServer[]
  readonly session: Pick<Session, 'token' | 'userId'>
  readonly callers: number
  readonly random: () => number
  readonly stop: AbortSignal
}): Promise<Told[]> {
  const all: Told[] = []
  const caller = async (name: number) => {
    for (let n = 0; !options.stop.aborted; n++) {
      const key = `crash-${name}-${n}`
      const what = FUNCTIONS[Math.floor(options.random() * FUNCTIONS.length)] ?? 'write'
      const answer = await ask(options.alive, options.session, { key, function: what, random: options.random })
      all.push(told(key, what, answer))
      await delay(options.random() * 40)
    }
  }
  await Promise.all(Array.from({ length: options.callers }, (_, name) => caller(name)))
  return all
}
