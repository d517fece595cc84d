import type { CatalogEvent, JsonObject, JsonValue, RuleAction, RuleTrigger } from '@imperal/contract'
import { scanTemplate } from '@imperal/ir'
import { parseCron } from '../../foundation/jobs/index.ts'
import type { CatalogFunction } from '../kernel/index.ts'

/** The event of rules that wait for a time (K6.10). */
export const SCHEDULED = 'system.scheduled'
/** The app with which owners keep their rules. */
export const OWN_APP = 'automations'
const MONEY_APP = 'billing'

export interface Surroundings {
  readonly functions: readonly CatalogFunction[]
  readonly events: readonly CatalogEvent[]
  readonly zone: string
  readonly now: Date
}

export const isStructured = (action: RuleAction): action is Extract<RuleAction, { tool: string }> => 'tool' in action

/** The function that an action names, as its owner may call it now. */
export const functionOf = (
  functions: readonly CatalogFunction[],
  action: { readonly app_id: string; readonly tool: string },
): CatalogFunction | undefined => functions.find((entry) => entry.appId === action.app_id && entry.name === action.tool)

/** Why no rule may call a function; null when one may. Rules neither make rules nor move money (6.4, K6.13). */
export function forbidden(entry: Pick<CatalogFunction, 'appId' | 'name' | 'actionType'>): string | null {
  if (entry.actionType === 'read') return null
  if (entry.appId === OWN_APP) return `${entry.appId}.${entry.name} changes automations, which no automation may do.`
  if (entry.appId === MONEY_APP) return `${entry.appId}.${entry.name} moves money, which no automation may do.`
  return null
}

function* stringsIn(value: JsonValue): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const entry of value) yield* stringsIn(entry)
  else if (typeof value === 'object' && value !== null)
    for (const entry of Object.values(value)) yield* stringsIn(entry)
}

/** Templates read the event and earlier steps; anything else would be empty at every run. */
function* templateProblems(value: JsonValue, step: number): Generator<string> {
  for (const source of stringsIn(value)) {
    const { parts, problems } = scanTemplate(source)
    if (problems.length > 0) yield `Step ${step}: “${source.slice(0, 80)}” is no template that can be read.`
    for (const part of parts) {
      if (typeof part === 'string' || part.kind === 'literal') continue
      const [root, number] = part.path
      const isEarlier = root === 'steps' && /^[1-9]\d?$/.test(number ?? '') && Number(number) < step
      if (root !== 'event' && !isEarlier)
        yield `Step ${step}: {{${part.path.join('.')}}} names neither the event nor an earlier step.`
    }
  }
}

function* triggerProblems(trigger: RuleTrigger, { events, zone, now }: Surroundings): Generator<string> {
  const { event_type: type, schedule } = trigger
  if (!events.some((event) => event.event_type === type)) yield `Nothing that you have says ${type}.`
  if (type !== SCHEDULED) {
    if (schedule !== null) yield `Only ${SCHEDULED} has a schedule; ${type} comes when it comes.`
    return
  }
  if (schedule === null) yield `${SCHEDULED} needs a schedule such as '0 9 * * *'.`
  else if (parseCron(schedule, zone)?.nextDue(now) == null) yield `'${schedule}' is no recurring time in ${zone}.`
}

function* actionProblems(action: RuleAction, step: number, { functions }: Surroundings): Generator<string> {
  if (!isStructured(action)) {
    yield* templateProblems(action.message, step)
    return
  }
  const found = functionOf(functions, action)
  if (found === undefined) {
    yield `Step ${step}: you have no function ${action.app_id}.${action.tool}.`
    return
  }
  const refused = forbidden(found)
  if (refused !== null) yield `Step ${step}: ${refused}`
  const { required, properties } = found.paramsSchema as { required?: string[]; properties?: JsonObject }
  for (const name of required ?? [])
    if (!Object.hasOwn(action.args, name)) yield `Step ${step}: ${action.tool} needs ${name}.`
  for (const name of Object.keys(action.args))
    if (properties !== undefined && Object.keys(properties).length > 0 && !Object.hasOwn(properties, name))
      yield `Step ${step}: ${action.tool} has no ${name}.`
  yield* templateProblems(action.args, step)
}

/** Everything that is wrong with a rule for its owner now, in full sentences; none: it can run (K6.10, K6.11). */
export function groundingProblems(
  rule: { readonly trigger: RuleTrigger; readonly actions: readonly RuleAction[] },
  around: Surroundings,
): string[] {
  return [
    ...triggerProblems(rule.trigger, around),
    ...rule.actions.flatMap((action, index) => [...actionProblems(action, index + 1, around)]),
  ]
}

/** Whether a step that the rule spells out cannot be undone. */
export const hasDestructive = (actions: readonly RuleAction[], functions: readonly CatalogFunction[]): boolean =>
  actions.some((action) => isStructured(action) && functionOf(functions, action)?.actionType === 'destructive')
