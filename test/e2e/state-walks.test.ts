import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { mailedToken } from '../support/mailbox.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'
import { type Listening, listen } from '../support/stream.ts'

/** Random walks through the state machines of api.md 5, each step held against the table, on a running server. */
let server: TestServer
let ada: Session
let eve: Session
let stream: Listening

const SOURCE = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('works', {
  version: '1.0.0', displayName: 'Works', description: 'Works in the background in three different ways.',
  icon: 'icon.svg', capabilities: ['works:read'],
})
const chat = new ChatExtension(ext, { toolName: 'works', description: 'Works in the background.' })
const background = (name, handler) =>
  chat.function(name, { description: 'Goes on in the background for a while.', params: z.object({}), background: true }, handler)
background('quick', async () => ActionResult.success({}, 'done'))
background('broken', async () => { throw new Error('broken on purpose') })
background('slow', async (ctx) => {
  await new Promise((resolve) => { ctx.signal.addEventListener('abort', resolve); setTimeout(resolve, 60_000) })
  return ActionResult.success({}, 'done')
})
`

beforeAll(async () => {
  server = await startTestServer()
  ada = await signInAdmin(server)
  const email = 'eve@example.com'
  await send(`${server.url}/v1/auth/signup`, 'POST', { email, password: 's3cure! and long' })
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  eve = await signIn(server, email, 's3cure! and long')
  await deploySource(server.url, ada, SOURCE)
  stream = await listen(server.url, ada)
}, 240_000)
afterAll(async () => {
  stream?.close()
  await server?.stop()
})

type Install = 'absent' | 'enabled' | 'disabled'
type InstallStep = 'install' | 'uninstall' | 'disable' | 'enable'
const INSTALL_STEPS: readonly InstallStep[] = ['install', 'uninstall', 'disable', 'enable']

/** api.md 5.4; a step that changes nothing is no error, one on an app that is not there is. */
function followInstall(state: Install, step: InstallStep): { readonly next: Install; readonly status: number } {
  if (step === 'uninstall') return { next: 'absent', status: 200 }
  if (step === 'install') return { next: state === 'absent' ? 'enabled' : state, status: 200 }
  if (state === 'absent') return { next: state, status: 404 }
  return { next: step === 'disable' ? 'disabled' : 'enabled', status: 200 }
}

const takeInstall = (step: InstallStep) => {
  if (step === 'install') return eve.request('POST', '/v1/marketplace/apps/notes/install', {})
  if (step === 'uninstall') return eve.request('DELETE', '/v1/marketplace/apps/notes/install')
  if (step === 'disable') return eve.request('POST', '/v1/me/extensions/disable', { app_id: 'notes' })
  return eve.request('DELETE', '/v1/me/extensions/disable/notes')
}

test('[api 5.4] any walk of an install is one of the table, and calls follow it at once', async () => {
  const CALLED = { absent: 404, enabled: 200, disabled: 403 } as const
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...INSTALL_STEPS), { minLength: 1, maxLength: 8 }), async (steps) => {
      await takeInstall('uninstall')
      let state: Install = 'absent'
      for (const step of steps) {
        const { next, status } = followInstall(state, step)
        expect([state, step, (await takeInstall(step)).status]).toEqual([state, step, status])
        state = next
        const mine = (await eve.request('GET', '/v1/me/extensions')).body as {
          app_id: string
          is_installed: boolean
          is_disabled: boolean
        }[]
        const shown = mine.find(({ app_id }) => app_id === 'notes')
        expect([step, shown?.is_installed ?? false, shown?.is_disabled ?? false]).toEqual([
          step,
          state !== 'absent',
          state === 'disabled',
        ])
        const call = { user_id: eve.userId, function: 'list_notes', params: {} }
        const called = await eve.request('POST', '/v1/extensions/notes/call', call)
        expect([step, state, called.status]).toEqual([step, state, CALLED[state]])
      }
    }),
    { numRuns: 15 },
  )
}, 240_000)

/** What may follow what (api.md 5.10). */
const TASK: Readonly<Record<string, readonly string[]>> = {
  queued: ['running', 'cancelled', 'timed_out', 'failed'],
  running: ['running', 'done', 'failed', 'timed_out', 'cancelled'],
  done: [],
  failed: [],
  cancelled: [],
  timed_out: [],
}
const isOver = (status: string) => TASK[status]?.length === 0

interface TaskPlan {
  readonly work: 'quick' | 'broken' | 'slow'
  readonly cancel: 'never' | 'at once' | 'when running' | 'afterwards'
}

async function walkTask({ work, cancel }: TaskPlan): Promise<void> {
  const { task_id: id } = (await ada.call('works', work)).data as { task_id: string }
  const path = `/v1/tasks/${id}`
  const status = async () => ((await ada.request('GET', path)).body as { status: string }).status
  const stop = () => ada.request('POST', `${path}/cancel`, {})
  expect((await eve.request('POST', `${path}/cancel`, {})).status).toBe(404)
  if (cancel === 'when running' || (work === 'slow' && cancel !== 'at once'))
    await until(async () => (await status()) !== 'queued', 60_000)
  if (work !== 'slow' && cancel === 'afterwards') await until(async () => isOver(await status()), 60_000)
  const stopped = cancel === 'never' && work !== 'slow' ? null : await stop()
  const end = await until(async () => {
    const now = await status()
    return isOver(now) ? now : null
  }, 180_000)
  if (stopped?.status === 200) {
    expect((stopped.body as { status: string }).status).toMatch(/^cancel/)
    // What ended on its own in the same moment ended so.
    expect(work === 'slow' ? ['cancelled'] : ['cancelled', 'done', 'failed']).toContain(end)
  } else {
    if (stopped !== null) expect(stopped.status).toBe(409)
    expect(end).toBe(work === 'broken' ? 'failed' : 'done')
  }
  // It stays what it is, whoever asks again.
  expect((await stop()).status).toBe(409)
  expect(await status()).toBe(end)
  const told = () =>
    stream.messages
      .filter(({ type, payload }) => type === 'task_update' && payload.task_id === id)
      .map(({ payload }) => String(payload.status))
  await until(async () => told().at(-1) === end, 30_000)
  const steps = told()
  for (const [index, next] of steps.entries())
    if (index > 0 && next !== steps[index - 1]) expect(TASK[steps[index - 1] ?? ''] ?? []).toContain(next)
}

test('[api 5.10] any walk of a task is one of the table, as the task says and as the stream tells', async () => {
  const plans = fc.record<TaskPlan>({
    work: fc.constantFrom('quick', 'broken', 'slow'),
    cancel: fc.constantFrom('never', 'at once', 'when running', 'afterwards'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(plans, { minLength: 1, maxLength: 3 }), async (list) => {
      await Promise.all(list.map(walkTask))
    }),
    { numRuns: 8 },
  )
}, 240_000)

type RuleStep = 'pause' | 'resume' | 'remove'

test('[api 5.10] any walk of a rule is one of the table', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<RuleStep>('pause', 'resume', 'remove'), { minLength: 1, maxLength: 6 }),
      async (steps) => {
        const rule = (
          await ada.request('POST', '/v1/automations', {
            prompt: 'A walk',
            trigger_filter: { event_type: 'notes.created' },
            actions: [{ app_id: 'notes', tool: 'list_notes', args: {} }],
          })
        ).body as { id: number; status: string }
        let state: string = rule.status
        expect(state).toBe('active')
        for (const step of steps) {
          const answer =
            step === 'remove'
              ? await ada.request('DELETE', `/v1/automations/${rule.id}`)
              : await ada.request('POST', `/v1/automations/${rule.id}/${step}`, {})
          expect([state, step, answer.status]).toEqual([state, step, state === 'gone' ? 404 : 200])
          if (state !== 'gone') state = { pause: 'paused', resume: 'active', remove: 'gone' }[step]
          const rules = (await ada.request('GET', '/v1/automations')).body as { id: number; status: string }[]
          expect(rules.find(({ id }) => id === rule.id)?.status ?? 'gone').toBe(state)
        }
        if (state !== 'gone') await ada.request('DELETE', `/v1/automations/${rule.id}`)
      },
    ),
    { numRuns: 15 },
  )
}, 240_000)
