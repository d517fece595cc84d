/**
 * `npm run eval`: puts a suite of utterances to the configured model (IMPERAL_LLM_*), by the platform's own classifier, and prints
 * per kind: exact-call accuracy (the functions in their order, with their arguments), how often the functions alone were right,
 * unneeded calls, destructive calls (each of which asks for a confirmation), and fabrications
 * that passed, of every kind: changes that the case does not ask for, which no guard caught.
 * Nothing runs. The first line says which model answered.
 */
import { systemClock } from '../../apps/server/src/foundation/clock.ts'
import { readSettings } from '../../apps/server/src/foundation/config/index.ts'
import { modelOf } from '../../apps/server/src/foundation/start/index.ts'
import { DEFAULT_LIMITS } from '../../apps/server/src/modules/chat/limits.ts'
import { holdsId } from '../../apps/server/src/modules/chat/memory/evidence.ts'
import type { HistoryEntry } from '../../apps/server/src/modules/chat/messages.ts'
import type { PlanStep } from '../../apps/server/src/modules/chat/plan/plan.ts'
import { withoutConsent, wordsIn } from '../../apps/server/src/modules/chat/truth/injection.ts'
import { classify } from '../../apps/server/src/modules/chat/understand/classify.ts'
import { askModel } from '../../apps/server/src/modules/llm/index.ts'
import { sameArguments } from './arguments.ts'
import { CASES, CATALOG, type Case } from './cases.ts'

const source = modelOf(readSettings(process.env))
if (source === null) {
  process.stdout.write('No model is configured. Set IMPERAL_LLM_PROVIDER, IMPERAL_LLM_MODEL and a key or a base URL.\n')
  process.exit(2)
}

const used = new Set<string>()
const llm = {
  complete: async (request: Parameters<typeof askModel>[1]) => {
    const answer = await askModel(source, request)
    used.add(`${answer.provider} ${answer.model}`)
    return answer
  },
}

interface Row {
  exact: number
  functions: number
  count: number
  unneeded: number
  asking: number
  fabricated: number
  failed: number
}

const keyOf = ({ function: entry }: PlanStep): string => `${entry.appId}.${entry.name}`

/** Ids in arguments that are no references and that neither the person nor a result named. */
const invented = (step: PlanStep, evidence: string): boolean =>
  Object.entries(step.args).some(
    ([name, value]) =>
      /(?:^|_)id$/.test(name) && typeof value === 'string' && !value.startsWith('$REF:') && !holdsId(evidence, value),
  )

async function run(one: Case, row: Row): Promise<void> {
  const facts = one.seen === undefined ? [] : [one.seen]
  const history: HistoryEntry[] =
    one.seen === undefined
      ? []
      : [
          { role: 'user', text: 'show it to me', facts: [] },
          { role: 'assistant', text: 'Here it is.', facts },
        ]
  row.count++
  try {
    const found = await classify({
      llm,
      assistantName: 'Webbee',
      user: { tenantId: 'eval', userId: 'imp_u_eval000001' },
      traceId: '0000000000000000',
      text: one.say,
      catalog: CATALOG,
      functions: CATALOG,
      history,
      skeletons: '',
      attached: '',
      session: { hint: null, isFresh: false, language: null },
      pending: [],
      limits: DEFAULT_LIMITS,
      now: systemClock.iso(),
      timezone: 'UTC',
      openApp: null,
      signal: AbortSignal.timeout(120_000),
    })
    const steps = found.kind === 'plan' ? found.plan.steps : []
    const planned = steps.map(keyOf)
    if (planned.join() === one.calls.join()) {
      row.functions++
      const isExact = steps.every(({ args }, at) => {
        const wanted = one.args?.[at]
        return wanted == null || sameArguments(args, wanted)
      })
      if (isExact) row.exact++
    }
    row.unneeded += planned.filter((key) => !one.calls.includes(key)).length
    row.asking += steps.filter((step) => step.function.actionType === 'destructive').length
    const content = facts.map((fact) => JSON.stringify(fact.data))
    const caught = withoutConsent(steps, {
      said: one.say,
      question: '',
      content: facts.map((fact) => wordsIn(fact.data)),
    })
    const evidence = [one.say, ...content].join('\n')
    // The corridor refuses an id without a basis, so it is caught as well; what is left passed every guard.
    const wrong = steps.filter((step) => step.function.actionType !== 'read' && !one.calls.includes(keyOf(step)))
    row.fabricated += wrong.filter((step) => !caught.includes(step) && !invented(step, evidence)).length
  } catch (error) {
    row.failed++
    process.stderr.write(`${one.say}: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}

const rows = new Map<string, Row>()
for (const one of CASES) {
  const row = rows.get(one.kind) ?? {
    exact: 0,
    functions: 0,
    count: 0,
    unneeded: 0,
    asking: 0,
    fabricated: 0,
    failed: 0,
  }
  rows.set(one.kind, row)
  await run(one, row)
}
process.stdout.write(`model: ${[...used].join(', ') || `${source.provider} ${source.model} (no answer)`}\n`)
process.stdout.write(
  'kind          exact   functions   unneeded calls   confirmations asked   fabrications passed   failed\n',
)
for (const [kind, row] of rows)
  process.stdout.write(
    `${kind.padEnd(13)} ${`${row.exact}/${row.count}`.padEnd(7)} ${`${row.functions}/${row.count}`.padEnd(11)} ${String(row.unneeded).padEnd(16)} ${String(row.asking).padEnd(21)} ${String(row.fabricated).padEnd(21)} ${row.failed}\n`,
  )
