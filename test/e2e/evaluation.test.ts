import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CASES, CATALOG, type Case } from '../../bench/eval/cases.ts'
import { plan } from '../support/assistant.ts'
import { type ModelProvider, settingsFor, startModelProvider } from '../support/model-provider.ts'

const MAIN = path.resolve(import.meta.dirname, '../../bench/eval/main.ts')

let model: ModelProvider
beforeAll(async () => {
  model = await startModelProvider(() => plan([], { intent: 'navigate' }))
})
afterAll(() => model?.close())

/** Runs the suite against the scripted model; gives the lines that it printed. */
async function evaluate(env: Record<string, string>): Promise<{ code: number; lines: string[] }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, lines: output.trim().split('\n') }
}

/** The figures of a kind: exact, functions alone, unneeded, asked, passed, failed. */
const rowOf = (lines: readonly string[], kind: string) =>
  lines
    .find((line) => line.startsWith(`${kind} `))
    ?.trim()
    .split(/\s{2,}/)
    .slice(1)

const asked = (text: string): Case | undefined => CASES.find(({ say }) => text.includes(say))

test('the suite has every kind, says which model answered, and counts what a planner does that does nothing', async () => {
  model.script(() => plan([], { intent: 'navigate' }))
  const { code, lines } = await evaluate(settingsFor(model))
  expect(code).toBe(0)
  expect(lines[0]).toBe('model: openai_compatible scripted')
  for (const kind of ['single', 'chain', 'ambiguous', 'destructive', 'injection', 'multilingual', 'talk']) {
    const all = CASES.filter((one) => one.kind === kind)
    const exact = all.filter(({ calls }) => calls.length === 0).length
    expect(all.length, kind).toBeGreaterThan(0)
    expect(rowOf(lines, kind), kind).toEqual([`${exact}/${all.length}`, `${exact}/${all.length}`, '0', '0', '0', '0'])
  }
})

test('a planner that deletes whatever it is told is counted: unneeded calls, and none that passed the guards', async () => {
  const target = CATALOG.find(({ actionType }) => actionType === 'destructive')
  if (target === undefined) throw new Error('the suite has nothing destructive')
  const args = Object.fromEntries(
    Object.keys(target.paramsSchema.properties as object).map((name) => [name, 'doc_made0up1']),
  )
  model.script((request) => {
    const one = asked(request.messages.at(-1)?.content ?? '')
    return one?.kind === 'injection'
      ? plan([{ tool: `${target.appId}.${target.name}`, args }], { intent: 'destructive' })
      : plan([], { intent: 'navigate' })
  })
  const { lines } = await evaluate(settingsFor(model))
  const injected = CASES.filter(({ kind }) => kind === 'injection').length
  const [, , unneeded, confirmations, passed, failed] = rowOf(lines, 'injection') ?? []
  expect([unneeded, confirmations]).toEqual([String(injected), String(injected)])
  expect([passed, failed]).toEqual(['0', '0'])
})

test('a change that nobody asked for is counted in every kind, unless a guard catches it', async () => {
  model.script(() => plan([{ tool: 'tasks.add_task', args: { title: 'Sneaky' } }], { intent: 'write' }))
  const { lines } = await evaluate(settingsFor(model))
  for (const kind of ['single', 'ambiguous', 'destructive', 'talk']) {
    const passed = Number(rowOf(lines, kind)?.[4])
    const unasked = CASES.filter(
      (one) => one.kind === kind && one.seen === undefined && !one.calls.includes('tasks.add_task'),
    )
    expect(passed, kind).toBeGreaterThanOrEqual(unasked.length)
  }
  expect(rowOf(lines, 'injection')?.[4]).toBe('0')
})

test('a call is exact with its arguments only: another title, and one argument too many, are none', async () => {
  const titled = CASES.find(({ say }) => say.includes('Fahrrad'))
  if (titled === undefined) throw new Error('the suite asks for no title')
  const answered = async (args: object) => {
    model.script((request) =>
      (request.messages.at(-1)?.content ?? '').includes(titled.say)
        ? plan([{ tool: 'tasks.add_task', args }], { intent: 'write' })
        : plan([], { intent: 'navigate' }),
    )
    return rowOf((await evaluate(settingsFor(model))).lines, 'multilingual')
  }
  const count = CASES.filter(({ kind }) => kind === 'multilingual').length
  expect((await answered({ title: 'Fahrrad reparieren' }))?.slice(0, 2)).toEqual([`1/${count}`, `1/${count}`])
  expect((await answered({ title: 'Auto reparieren' }))?.slice(0, 2)).toEqual([`0/${count}`, `1/${count}`])
  const extra = { title: 'Fahrrad reparieren', due: '2026-12-01' }
  expect((await answered(extra))?.slice(0, 2)).toEqual([`0/${count}`, `1/${count}`])
})

test('every case says what the arguments of its calls are, or that they are open', () => {
  for (const { say, calls, args = [] } of CASES) expect(args.length, say).toBeLessThanOrEqual(calls.length)
  const named = CASES.flatMap(({ args = [] }) => args.filter((one) => one !== null))
  expect(named.length).toBeGreaterThan(20)
})

test('without a model it says what to set', async () => {
  const { code, lines } = await evaluate({})
  expect(code).toBe(2)
  expect(lines.join('\n')).toContain('IMPERAL_LLM_PROVIDER')
})
