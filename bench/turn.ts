/**
 * `npm run bench -- turn`: the platform's own time in a turn of the chat, apart from the model's. A scripted provider on loopback
 * answers after a fixed pause; what is printed is the time from sending a message to its finished answer, minus the time in
 * which a request to the model was under way. Kinds of turn: conversation, one read with narration, one write, a chain of two, and
 * a deletion, whose turn stands at its card (kernel 18.2: a second after planning at the most).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type ModelAnswer, type ModelRequest, startModelProvider } from '../test/support/model-provider.ts'
import { startPlatform } from './start-platform.ts'

const ROUNDS = 30
const MODEL_MS = 40

const classified = (steps: readonly { tool: string; args: object; depends_on?: string[] }[], intent: string): string =>
  JSON.stringify({
    intent,
    confidence: 0.95,
    language: 'en',
    action_plans: steps.map((step, index) => ({
      id: `s${index + 1}`,
      tool: step.tool,
      args: JSON.stringify(step.args),
      depends_on: step.depends_on ?? [],
    })),
    task_count_target: null,
    missing: [],
    question: null,
    refusal: null,
  })

const KINDS: Readonly<Record<string, string>> = {
  conversation: classified([], 'navigate'),
  'one read': classified([{ tool: 'notes.list_folders', args: {} }], 'read'),
  'one write': classified([{ tool: 'notes.create_note', args: { title: 'Bench' } }], 'write'),
  'chain of two': classified(
    [
      { tool: 'notes.create_note', args: { title: 'Bench' } },
      { tool: 'notes.append_to_note', args: { note_id: '$REF:notes[0].note_id', text: 'x' }, depends_on: ['s1'] },
    ],
    'chain',
  ),
  'a card': classified([{ tool: 'tasks.clear_completed', args: {} }], 'destructive'),
}

const narration = JSON.stringify({
  mode: 'narrative',
  prose: 'That is what was found.',
  per_call_verdicts: [],
  task_targets: { expected: null, succeeded: 1 },
  identifiers_used: [],
})

const audit = JSON.stringify({
  mode: 'audit',
  prose: '',
  per_call_verdicts: [
    { call_index: 0, name: 'create_note', status: 'success', user_phrasing: 'Created the note Bench.' },
    { call_index: 1, name: 'append_to_note', status: 'success', user_phrasing: 'Added the text to it.' },
  ],
  task_targets: { expected: null, succeeded: 2 },
  identifiers_used: [],
})

let kind = 'conversation'
function answer(request: ModelRequest): ModelAnswer {
  if (request.system.includes('TASK classify')) return { text: KINDS[kind] ?? '' }
  if (!request.system.includes('TASK narrate')) return { text: 'Hello. Ask me about notes.' }
  return { text: request.system.includes('Mode "audit"') ? audit : narration }
}

const model = await startModelProvider(answer)
/** Stands between the platform and the provider: makes every answer take as long, and adds up how long one was under way. */
let modelTime = 0
let underWay = 0
let since = 0
const { createServer } = await import('node:http')
const between = createServer(async (incoming, response) => {
  // Requests at the same time are one wait.
  if (underWay++ === 0) since = performance.now()
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  await delay(MODEL_MS)
  const real = await fetch(model.url.replace(/\/v1$/, '') + (incoming.url ?? ''), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.concat(chunks),
  })
  const body = Buffer.from(await real.arrayBuffer())
  response.writeHead(real.status, { 'content-type': real.headers.get('content-type') ?? 'application/json' })
  response.end(body)
  if (--underWay === 0) modelTime += performance.now() - since
})
await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
const address = between.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
Object.assign(process.env, {
  IMPERAL_LLM_PROVIDER: 'openai_compatible',
  IMPERAL_LLM_MODEL: 'scripted',
  IMPERAL_LLM_BASE_URL: `http://127.0.0.1:${port}/v1`,
})

const folder = mkdtempSync(path.join(tmpdir(), 'imperal-bench-turn-'))
const platform = await startPlatform(folder)
const login = await fetch(`${platform.url}/v1/auth/login`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ email: platform.adminEmail, password: platform.adminPassword }),
})
const { access_token: token } = (await login.json()) as { access_token: string }
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

/** Resolves when the answer stands in the event stream: asking again and again would measure the asking. */
const waiting = new Map<string, () => void>()
const finished = new Set<string>()
const stream = await fetch(`${platform.url}/v1/events/stream`, { headers })
async function follow(): Promise<void> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
    const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1]
      const message =
        data === undefined ? null : (JSON.parse(data) as { type: string; payload: { message_id?: string } })
      if (message?.type !== 'chat_message' || message.payload.message_id === undefined) continue
      finished.add(message.payload.message_id)
      waiting.get(message.payload.message_id)?.()
    }
  }
}
const following = follow().catch(() => undefined) // ends with the platform

async function turn(): Promise<{ own: number; model: number }> {
  modelTime = 0
  const started = performance.now()
  const sent = await fetch(`${platform.url}/v1/chat/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      text: kind === 'a card' ? 'please clear all completed tasks' : `please do the thing of the bench, ${kind}`,
      conversation_id: 'bench',
    }),
  })
  const { reply_id: replyId } = (await sent.json()) as { reply_id: string }
  if (!finished.has(replyId)) await new Promise<void>((resolve) => waiting.set(replyId, resolve))
  return { own: performance.now() - started - modelTime, model: modelTime }
}

const quantile = (values: number[], at: number): string =>
  (values.sort((a, b) => a - b)[Math.floor(values.length * at)] ?? 0).toFixed(1)

for (kind of Object.keys(KINDS)) {
  for (let warm = 0; warm < 3; warm++) await turn()
  const own: number[] = []
  const models: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await turn()
    own.push(taken.own)
    models.push(taken.model)
  }
  process.stdout.write(
    `${kind.padEnd(14)} own time p50 ${quantile(own, 0.5)} ms, p95 ${quantile(own, 0.95)} ms; model p50 ${quantile(models, 0.5)} ms\n`,
  )
}
platform.child.kill('SIGTERM')
await new Promise((resolve) => platform.child.once('exit', resolve))
await following
await model.close()
between.closeAllConnections()
between.close()
rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
