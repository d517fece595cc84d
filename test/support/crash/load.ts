import { setTimeout as delay } from 'node:timers/promises'
import type { TestServer } from '../server.ts'
import { type Session, send } from '../session.ts'

/** What somebody who asked for one effect was told in the end. */
export interface Told {
  readonly key: string
  readonly function: (typeof FUNCTIONS)[number]
  /** `refused`: an error was reported; `silent`: no answer in time, or nobody knows. */
  readonly answer: 'done' | 'accepted' | 'refused' | 'silent'
  readonly taskId: string | null
  /** Of what was said in the chat: the message that answers it. */
  readonly replyId: string | null
  readonly detail: string
}

interface Answer {
  readonly status: number
  readonly body: {
    status?: string
    error_code?: string
    error?: string
    reply_id?: string
    data?: { task_id?: string; confirmation?: { confirmation_id: string } }
    results?: { status: string; error_code?: string }[]
  }
}

const TRIES = 25
const FUNCTIONS = [
  'write',
  'write',
  'write',
  'write',
  'paid',
  'paid',
  'work',
  'wipe',
  'detach',
  'rare',
  'say',
  'say',
  'post',
] as const
/** An automation runs at most 200 times an hour. */
const MOST_RARE = 150

type Who = Pick<Session, 'token' | 'userId'>
interface Question {
  readonly key: string
  readonly path: string
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
  readonly random: () => number
}

/** Asks until somebody answers, always under one key: a client that repeats what got no answer, as clients do. */
async function ask(alive: () => readonly TestServer[], session: Who, question: Question): Promise<Answer | null> {
  const { key, path, body, random, headers: more = {} } = question
  for (let n = 0; n < TRIES; n++) {
    const servers = alive()
    const server = servers[Math.floor(random() * servers.length)]
    const headers = { authorization: `Bearer ${session.token}`, 'idempotency-key': key, ...more }
    const answer = server === undefined ? null : await send(server.url + path, 'POST', body, headers).catch(() => null)
    if (answer !== null && answer.status < 500 && answer.status !== 429 && answer.status !== 409)
      return answer as Answer
    // 409: the first request still runs, or was cut off with its node.
    if (answer?.status === 409 && n > 3) return null
    await delay(100 + random() * 200)
  }
  return null
}

/** Says it in the chat, in a conversation of each caller. */
const say = (alive: () => readonly TestServer[], session: Who, key: string, random: () => number) =>
  ask(alive, session, {
    ...{ key, random, path: '/v1/chat/messages' },
    body: { text: `write one effect under the key ${key}`, conversation_id: key.replace(/-\d+$/, '') },
  })

/** As a stranger sends a webhook: until it is taken, under the number of its delivery. */
const post = (alive: () => readonly TestServer[], session: Who, key: string, random: () => number) =>
  ask(alive, session, {
    ...{ key, random, path: `/v1/ext/crashlab/webhook/post?for=${session.userId}`, body: { key } },
    headers: { authorization: 'none', 'x-delivery': key },
  })

type Answered = Awaited<ReturnType<typeof send>>

/** Installs the guest and removes it, in turns, as one person does. Gives how often an installation was acknowledged. */
export async function comeAndGo(options: {
  readonly alive: () => readonly TestServer[]
  readonly session: Who
  readonly random: () => number
  readonly stop: AbortSignal
}): Promise<number> {
  let acknowledged = 0
  // What is installed already is answered 200 too, and has no hook: an installation counts behind a removal that was answered.
  let isGone = false
  while (!options.stop.aborted) {
    const servers = options.alive()
    const server = servers[Math.floor(options.random() * servers.length)]
    const method: 'POST' | 'DELETE' = isGone ? 'POST' : 'DELETE'
    const headers = { authorization: `Bearer ${options.session.token}` }
    const path = '/v1/marketplace/apps/crashguest/install'
    const body: object | undefined = method === 'POST' ? {} : undefined
    const answer: Answered | null =
      server === undefined ? null : await send(server.url + path, method, body, headers).catch(() => null)
    const isDone: boolean = answer?.status === 200
    if (method === 'POST' && isDone) acknowledged++
    isGone = method === 'DELETE' && (isDone || answer?.status === 404)
    await delay(500 + options.random() * 1_000)
  }
  return acknowledged
}

/** Calls a function, and confirms what asks for it. */
async function carryOut(
  alive: () => readonly TestServer[],
  session: Who,
  request: { readonly key: string; readonly function: string; readonly random: () => number },
): Promise<Answer | null> {
  const { key, random } = request
  if (request.function === 'say') return say(alive, session, key, random)
  if (request.function === 'post') return post(alive, session, key, random)
  const called = await ask(alive, session, {
    ...{ key, random, path: '/v1/extensions/crashlab/call' },
    body: { user_id: session.userId, function: request.function, params: { key } },
  })
  const id = called?.body.data?.confirmation?.confirmation_id
  if (id === undefined) return called
  const path = `/v1/confirmations/${id}/confirm`
  const decided = await ask(alive, session, { key: `${key}-confirmed`, random, path, body: {} })
  if (decided === null || decided.status !== 200) return null
  const [result] = decided.body.results ?? []
  // One whose outcome nobody knows is told as an error: then it may have happened.
  return result?.status === 'success' ? { status: 200, body: { status: 'success' } } : null
}

function told(key: string, name: Told['function'], answer: Answer | null): Told {
  const { data, reply_id: replyId = null } = answer?.body ?? {}
  const base = { key, function: name, taskId: data?.task_id ?? null, replyId }
  if (answer === null) return { ...base, answer: 'silent', detail: '' }
  if (answer.status !== 200 && answer.status !== 202)
    return { ...base, answer: 'refused', detail: `${answer.status} ${answer.body.error}` }
  if (answer.body.status === 'error') return { ...base, answer: 'refused', detail: String(answer.body.error_code) }
  // What is said in the chat is carried out later; a webhook that takes long is answered 202.
  const isLater = base.taskId !== null || name === 'detach' || name === 'say' || answer.status === 202
  return { ...base, answer: isLater ? 'accepted' : 'done', detail: '' }
}

/** Mixed load of so many callers until `stop` says so. Resolves with what each was told. */
export async function load(options: {
  readonly alive: () => readonly TestServer[]
  readonly session: Pick<Session, 'token' | 'userId'>
  readonly callers: number
  readonly random: () => number
  readonly stop: AbortSignal
  /** Hears of each answer. */
  readonly onTold: (told: Told) => void
}): Promise<Told[]> {
  const all: Told[] = []
  let rare = 0
  const caller = async (name: number) => {
    for (let n = 0; !options.stop.aborted; n++) {
      const key = `crash-${name}-${n}`
      const picked = FUNCTIONS[Math.floor(options.random() * FUNCTIONS.length)] ?? 'write'
      const what = picked === 'rare' && ++rare > MOST_RARE ? 'write' : picked
      const answer = await carryOut(options.alive, options.session, { key, function: what, random: options.random })
      const one = told(key, what, answer)
      all.push(one)
      options.onTold(one)
      await delay(options.random() * 40)
    }
  }
  await Promise.all(Array.from({ length: options.callers }, (_, name) => caller(name)))
  return all
}
