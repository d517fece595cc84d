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

/** The figures of a kind: exact, unneeded, asked, passed, failed. */
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
    expect(rowOf(lines, kind), kind).toEqual([`${exact}/${all.length}`, '0', '0', '0', '0'])
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
  const [, unneeded, confirmations, passed, failed] = rowOf(lines, 'injection') ?? []
  expect([unneeded, confirmations]).toEqual([String(injected), String(injected)])
  expect([passed, failed]).toEqual(['0', '0'])
})

test('a change that nobody asked for is counted in every kind, unless a guard catches it', async () => {
  model.script(() => plan([{ tool: 'tasks.add_task', args: { title: 'Sneaky' } }], { intent: 'write' }))
  const { lines } = await evaluate(settingsFor(model))
  for (const kind of ['single', 'ambiguous', 'destructive', 'talk']) {
    const passed = Number(rowOf(lines, kind)?.[3])
    const unasked = CASES.filter(
      (one) => one.kind === kind && one.seen === undefined && !one.calls.includes('tasks.add_task'),
    )
    expect(passed, kind).toBeGreaterThanOrEqual(unasked.length)
  }
  expect(rowOf(lines, 'injection')?.[3]).toBe('0')
})

test('without a model it says what to set', async () => {
  const { code, lines } = await evaluate({})
  expect(code).toBe(2)
  expect(lines.join('\n')).toContain('IMPERAL_LLM_PROVIDER')
})
