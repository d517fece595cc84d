import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrStep } from '../document.ts'
import type { Issues } from '../issues.ts'
import { canonicalJson, isObject, shown } from '../json.ts'

/** Keys that a step may carry in either form; anything else is a typo (IR42). */
export const STEP_KEYS: ReadonlySet<string> = new Set(
  'id kind action op params args if then else next output result summary ui note'.split(' '),
)
const DEAD: Readonly<Record<string, string>> = { verb: 'action', collection: 'params.collection' }

interface Synonym {
  readonly normal: string
  readonly also: string
}
const ARG_SYNONYMS = (action: string): Synonym | null => {
  if (action.startsWith('store.')) return { normal: 'collection', also: 'kind' }
  if (action === 'navigate') return { normal: 'url', also: 'path' }
  return action === 'open' ? { normal: 'target', also: 'url' } : null
}

type Report = (message: string) => void
const silent: Report = () => {}

/** One value under the first spelling that is there; two that differ are reported (IR23). */
function either(object: JsonObject, { normal, also }: Synonym, report: Report): JsonValue | undefined {
  const [one, other] = [object[normal], object[also]]
  if (one !== undefined && other !== undefined && canonicalJson(one) !== canonicalJson(other))
    report(`'${normal}' and '${also}' disagree`)
  return one ?? other
}

function readParams(raw: JsonObject, action: string, report: Report): JsonValue {
  const params = either(raw, { normal: 'params', also: 'args' }, report) ?? {}
  const synonym = ARG_SYNONYMS(action)
  if (!isObject(params) || synonym === null || params[synonym.also] === undefined) return params
  const { [synonym.also]: _also, [synonym.normal]: _normal, ...rest } = params
  const value = either(params, synonym, report)
  return value === undefined ? rest : { [synonym.normal]: value, ...rest }
}

const SHAPING = ['next', 'output', 'result', 'summary', 'ui'] as const
const BRANCH = ['if', 'then', 'else'] as const

/** One step in normal form. A wrong type stays as it is, for the validator to name. */
export function readStep(raw: JsonObject, report: Report = silent): IrStep {
  for (const [dead, alive] of Object.entries(DEAD))
    if (raw[dead] !== undefined) report(`'${dead}' is not a step key; use '${alive}'`)
  const action = either(raw, { normal: 'action', also: 'op' }, report)
  const verb = action === undefined ? '' : shown(action)
  const step: Record<string, JsonValue> = { id: typeof raw.id === 'string' ? raw.id : '', action: verb }
  step.params = readParams(raw, verb, report)
  for (const key of [...BRANCH, ...SHAPING]) if (raw[key] !== undefined) step[key] = raw[key]
  return step as unknown as IrStep // the validator refuses every value of another type before it runs
}

/** The steps of a list with problems of spelling reported under rule IR23. */
export function readSteps(raw: JsonValue | undefined, loc: string, issues: Issues): IrStep[] {
  if (!Array.isArray(raw)) return []
  return raw.flatMap((entry, index) => {
    if (!isObject(entry)) return []
    const id = typeof entry.id === 'string' ? entry.id : String(index)
    const report: Report = (message) => {
      const text =
        message.startsWith("'verb'") || message.startsWith("'collection' is") ? message : `step '${id}': ${message}`
      issues.error('IR23', text, `${loc}.${index}`)
    }
    for (const key of Object.keys(entry))
      if (!STEP_KEYS.has(key) && DEAD[key] === undefined)
        issues.warn('IR42', `step '${id}': key '${key}' is ignored`, `${loc}.${index}.${key}`)
    return [readStep(entry, report)]
  })
}

const kept = new WeakMap<readonly JsonValue[], readonly IrStep[]>()

/** The data steps of a panel tree, normalised once per document. */
export function readStepList(raw: JsonValue | undefined): readonly IrStep[] {
  if (!Array.isArray(raw)) return []
  let steps = kept.get(raw)
  if (steps === undefined) {
    steps = raw.filter(isObject).map((entry) => readStep(entry))
    kept.set(raw, steps)
  }
  return steps
}
