import type { JsonObject } from '@imperal/contract'
import type { CatalogFunction } from '../../kernel/index.ts'
import type { Classification, PlanProblem } from '../plan/plan.ts'
import { askObject } from './ask-object.ts'
import type { ClassifyInput } from './classify.ts'
import { historyMessages, pickerPrompt } from './prompts.ts'

type Item = Classification['action_plans'][number]

const PICK_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['function', 'args'],
  properties: { function: { type: ['string', 'null'] }, args: { type: 'string' } },
}

/** The app of a step that names no function: "notes", "notes.", "notes.*". Null for every other step. */
function appAlone(tool: string, catalog: readonly CatalogFunction[]): string | null {
  const appId = tool.replace(/(?:\.|__)\*?$/, '')
  return catalog.some((entry) => entry.appId === appId) ? appId : null
}

const PLANS_NOTHING: ReadonlySet<Classification['intent']> = new Set(['navigate', 'clarify', 'refuse'])

/** Steps of the classification, with one of no function for every selected app that has none (K2.9). */
function withSelectedApps(found: Classification, catalog: readonly CatalogFunction[]): readonly Item[] {
  const isAnswered = found.question !== null || found.refusal !== null || found.missing.length > 0
  if (PLANS_NOTHING.has(found.intent) || isAnswered) return found.action_plans
  const isServed = (appId: string) =>
    found.action_plans.some(
      ({ tool }) => tool === appId || tool.startsWith(`${appId}.`) || tool.startsWith(`${appId}__`),
    )
  const bare = [...new Set(found.apps)].filter((appId) => appAlone(appId, catalog) !== null && !isServed(appId))
  return [
    ...found.action_plans,
    ...bare.map((appId) => ({ id: `pick_${appId}`, tool: appId, args: '', depends_on: [] })),
  ]
}

async function pick(input: ClassifyInput, item: Item, appId: string): Promise<Item | null> {
  const functions = input.catalog.filter((entry) => entry.appId === appId)
  const answer = await askObject(input.llm, {
    purpose: 'tool_picker',
    tenantId: input.user.tenantId,
    userId: input.user.userId,
    appId: null,
    traceId: input.traceId,
    system: pickerPrompt(input.assistantName, functions, input),
    messages: [...historyMessages(input.history.slice(-6)), { role: 'user', content: input.text }],
    temperature: 0,
    schema: PICK_SCHEMA,
    signal: input.signal,
  })
  const { function: named, args } = answer?.object ?? {}
  if (typeof named !== 'string') return null
  const name = named.replace(new RegExp(`^${appId}(?:\\.|__)`), '')
  if (!functions.some((entry) => entry.name === name)) return null
  return { ...item, tool: `${appId}.${name}`, args: typeof args === 'string' ? args : item.args }
}

/**
 * Completes a classification that is sure of an app and not of its function: for each such app one narrower request chooses
 * among the functions of that app alone (K2.9). A request that chooses none, or one that the app does not have, is a problem of
 * the plan; nothing stands in for it.
 * @throws LLM_*
 */
export async function pickTools(input: ClassifyInput, found: Classification): Promise<Classification | PlanProblem> {
  const items: Item[] = []
  for (const item of withSelectedApps(found, input.catalog)) {
    const appId = appAlone(item.tool, input.catalog)
    const picked = appId === null ? item : await pick(input, item, appId)
    if (picked === null)
      return { code: 'UNKNOWN_SUB_FUNCTION', message: `No function of the app "${appId}" was found for the request.` }
    items.push(picked)
  }
  return { ...found, action_plans: items }
}
