import { expect, test } from 'vitest'
import type { CatalogFunction } from '../../kernel/index.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { Classification } from '../plan/plan.ts'
import { chooseCandidates } from './candidates.ts'
import type { ClassifyInput } from './classify.ts'
import { classify } from './classify.ts'

const fn = (appId: string, name: string): CatalogFunction => ({
  ...{ appId, appName: appId, name, description: `What ${name} of ${appId} does.`, actionType: 'write' },
  paramsSchema: { type: 'object', properties: { title: { type: 'string' } } },
  ...{ returnSchema: {}, idProjection: '', effects: [], ownerChatTool: '', chainCallable: true },
})
const catalog = [fn('notes', 'create_note'), fn('notes', 'pin_note'), fn('mail', 'send_mail')]

interface Asked {
  readonly purpose: string
  readonly system: string
}

/** Classifies with a model that answers by purpose; gives what came of it and what was asked. */
async function run(found: object, picks: readonly object[], more: Partial<ClassifyInput> = {}) {
  const asked: Asked[] = []
  const left = [...picks]
  const llm = {
    async complete({ purpose, system }: Asked) {
      asked.push({ purpose, system })
      const object =
        purpose === 'routing' ? { intent: 'write', confidence: 0.9, language: 'en', ...found } : left.shift()
      return { text: '', object: object ?? {}, model: 'scripted', owner: 'platform' }
    },
  } as unknown as ClassifyInput['llm'] // what classifying reads of an answer
  const understanding = await classify({
    ...{ llm, assistantName: 'Webbee', user: { tenantId: 'default', userId: 'imp_u_ada00001' }, traceId: 't' },
    ...{ text: 'note Milk', catalog, functions: catalog, history: [], skeletons: '', attached: '', pending: [] },
    ...{ session: { hint: null, isFresh: false, language: null }, limits: DEFAULT_LIMITS },
    ...{ now: '2026-01-01T00:00:00Z', timezone: 'UTC', openApp: null, signal: new AbortController().signal },
    ...more,
  })
  const steps = understanding.kind === 'plan' ? understanding.plan.steps : []
  return {
    understanding,
    calls: steps.map((step) => [`${step.function.appId}.${step.function.name}`, step.args]),
    asked,
    purposes: asked.map(({ purpose }) => purpose),
  }
}
const item = (tool: string, more: object = {}) => ({ id: tool, tool, args: '{}', depends_on: [], ...more })
const picked = (name: string | null, args = '{"title":"Milk"}') => ({ function: name, args })

test.each(['notes', 'notes.', 'notes.*', 'notes__'])(
  '[K2.9] a step of “%s” is an app without its function',
  async (tool) => {
    const { calls, asked } = await run({ action_plans: [item(tool)] }, [picked('create_note')])
    expect(calls).toEqual([['notes.create_note', { title: 'Milk' }]])
    expect(asked.map(({ purpose }) => purpose)).toEqual(['routing', 'tool_picker'])
    expect(asked[1]?.system).toContain('notes.pin_note')
    expect(asked[1]?.system).not.toContain('mail.send_mail')
  },
)

test('[K2.9] each selected app without a step is picked for, those with one are not', async () => {
  const found = { apps: ['notes', 'mail', 'gone'], action_plans: [item('mail.send_mail')] }
  const { calls, purposes } = await run(found, [picked('notes.pin_note')])
  expect(calls.map(([call]) => call).sort()).toEqual(['mail.send_mail', 'notes.pin_note'])
  expect(purposes).toEqual(['routing', 'tool_picker'])
})

test('[K2.9] a later step keeps its place and what it depends on', async () => {
  const steps = [item('notes', { id: 'a' }), item('mail.send_mail', { id: 'b', depends_on: ['a'] })]
  const { understanding } = await run({ intent: 'chain', action_plans: steps }, [picked('create_note')])
  expect(understanding).toMatchObject({ plan: { steps: [{ stepId: 'a' }, { stepId: 'b', dependsOn: ['a'] }] } })
})

test.each([
  ['talk', { intent: 'navigate' }, 'talk'],
  ['a question', { intent: 'clarify', question: 'Which one?' }, 'ask'],
  ['missing values', { missing: ['title'] }, 'missing'],
])('[K2.9] %s about an app picks nothing', async (_what, found, kind) => {
  const { understanding, purposes } = await run({ apps: ['notes'], action_plans: [], ...found }, [])
  expect(understanding.kind).toBe(kind)
  expect(purposes).toEqual(['routing'])
})

test.each([picked(null), picked('send_mail'), picked('mail.send_mail'), {}])(
  '[K2.9] no function, or one of another app, is planned once more and then left alone',
  async (answer) => {
    const { understanding, purposes } = await run({ action_plans: [item('notes')] }, [answer, answer])
    expect(understanding).toMatchObject({ kind: 'unclear', problem: { code: 'UNKNOWN_SUB_FUNCTION' } })
    expect(purposes).toEqual(['routing', 'tool_picker', 'routing', 'tool_picker'])
  },
)

test('[K2.9] “apps” is optional for a model, and anything else in its place is none', () => {
  for (const apps of [undefined, null, 'notes', [1]])
    expect(Classification.parse({ intent: 'read', confidence: 1, language: 'en', apps }).apps).toEqual([])
})

test.each([400, 5_000])(
  '[K2.2] among %d functions one that no search finds is planned by its name, and by its app alone',
  async (size) => {
    const crowd = Array.from({ length: size }, (_, n) => fn(`crowd-${Math.floor(n / 10)}`, `keep_thing_${n}`))
    const safe = { ...fn('vault', 'open_safe'), description: 'Unlocks.' }
    const large = [...crowd, ...Array.from({ length: 4 }, (_, n) => fn('vault', `oil_hinge_${n}`)), safe]
    const text = 'keep Grandmother’s ring'
    const functions = await chooseCandidates({ catalog: large, text, recent: '', near: [] })
    expect(functions).not.toContain(safe)
    const about = { text, catalog: large, functions }
    const named = await run({ action_plans: [item('vault.open_safe')] }, [], about)
    expect(named.calls).toEqual([['vault.open_safe', {}]])
    // What the model reads names the function, or its app where so many names do not fit, and no app is left out.
    const system = named.asked[0]?.system ?? ''
    expect(system).not.toContain('Unlocks.')
    const other = system.slice(system.indexOf('Further '))
    expect(new Set(large.map(({ appId }) => appId).filter((appId) => !other.includes(appId)))).toEqual(new Set())
    const alone = await run({ action_plans: [item('vault')] }, [picked('open_safe')], about)
    expect(alone.calls).toEqual([['vault.open_safe', { title: 'Milk' }]])
    expect(alone.asked[1]?.system).toContain('vault.open_safe [write] Unlocks.')
  },
)
