import { JsonObject, type JsonValue } from '@imperal/contract'
import { parseRefusal, RefusalEmission } from '@imperal/contract/guards'
import { z } from 'zod'
import { hexId } from '../../../foundation/ids.ts'
import type { CallIntent, CatalogFunction } from '../../kernel/index.ts'
import type { AssistantLimits } from '../limits.ts'
import { pathParts, type Reference, referencesIn, stepMeant } from './references.ts'

const INTENTS = ['read', 'write', 'destructive', 'chain', 'automation', 'navigate', 'clarify', 'refuse'] as const
/** Why something is not done (K2.15), read as the library reads it (sdk.md 9.11); of bare words only the reason is unknown. */
const Refusal = z
  .unknown()
  .transform((given) =>
    given === null || given === undefined
      ? null
      : parseRefusal(
          typeof given === 'string' ? { reason: 'external_error', user_message: given.slice(0, 500) } : given,
        ),
  )

/** What the model answers (kernel 2.4). `args` is JSON in a string, so that strict schemas of every provider fit. */
export const Classification = z.object({
  intent: z.enum(INTENTS),
  confidence: z.number().min(0).max(1).catch(0.5),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?$/)
    .catch('en'),
  /** Apps that serve the request. One without a step is a step whose function is still to be picked (K2.9). */
  apps: z.array(z.string().max(100)).max(20).catch([]),
  action_plans: z
    .array(
      z.object({
        id: z.string().max(40),
        tool: z.string().max(160),
        args: z.string().max(100_000),
        depends_on: z.array(z.string()).catch([]),
      }),
    )
    .max(100)
    .catch([]),
  task_count_target: z.number().int().min(0).max(10_000).nullable().catch(null),
  missing: z.array(z.string().max(100)).max(20).catch([]),
  question: z.string().max(500).nullable().catch(null),
  refusal: Refusal.prefault(null),
  wants_all: z.boolean().catch(false),
})
export type Classification = z.infer<typeof Classification>

const text = { type: 'string' }
export const CLASSIFICATION_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: [
    'intent',
    'confidence',
    'language',
    'apps',
    'action_plans',
    'task_count_target',
    'missing',
    'question',
    'refusal',
    'wants_all',
  ],
  properties: {
    intent: { type: 'string', enum: [...INTENTS] },
    confidence: { type: 'number' },
    language: text,
    apps: { type: 'array', items: text },
    action_plans: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'tool', 'args', 'depends_on'],
        properties: { id: text, tool: text, args: text, depends_on: { type: 'array', items: text } },
      },
    },
    task_count_target: { type: ['integer', 'null'] },
    missing: { type: 'array', items: text },
    question: { type: ['string', 'null'] },
    refusal: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['reason', 'user_message', 'next_steps'],
      properties: {
        reason: { type: 'string', enum: [...RefusalEmission.shape.reason.options] },
        user_message: text,
        next_steps: { type: 'array', items: text },
      },
    },
    wants_all: { type: 'boolean' },
  },
}

export interface PlanStep {
  readonly stepId: string
  readonly function: CatalogFunction
  readonly args: JsonObject
  readonly dependsOn: readonly string[]
  /** A person wrote the call itself: nothing about it is a model's invention. */
  readonly typed?: boolean
}

/** A plan whose every step names a function that the user may call (kernel 2.5). */
export interface Plan {
  readonly planId: string
  /** Null for a plan of one step. */
  readonly chainId: string | null
  readonly intent: Classification['intent']
  /** Assigned by the kernel: `audit` as soon as something changes. */
  readonly narrationMode: 'audit' | 'narrative'
  readonly taskCountTarget: number | null
  /** The person asked for every entry, however many pages of them there are (K2.30). */
  readonly wantsAll?: boolean
  readonly steps: readonly PlanStep[]
  /** The model that made it; absent where the words alone did. */
  readonly model?: CallIntent['model']
}

export interface PlanProblem {
  readonly code:
    | 'UNKNOWN_TOOL'
    | 'UNKNOWN_SUB_FUNCTION'
    | 'VALIDATION_TYPE_ERROR'
    | 'VALIDATION_MISSING_FIELD'
    | 'TOO_MANY_STEPS'
    | 'NOT_CHAIN_CALLABLE'
    | 'REF_COUNT_EXCEEDS_CAP'
    | 'UNRESOLVED_REFS'
    | 'cross_turn_data_exceeds_cap'
    | 'FABRICATED_ID_SHAPE'
    | 'NOTHING_CHANGED'
  /** For the model, which plans once more. */
  readonly message: string
  /** Names of parameters that nobody gave. */
  readonly missing?: readonly string[]
}

/** The one step of a call that a person wrote or that the words alone mean. */
export const planOf = (entry: CatalogFunction, args: JsonObject, typed: boolean): Plan => ({
  planId: hexId('pln'),
  chainId: null,
  intent: entry.actionType,
  narrationMode: entry.actionType === 'read' ? 'narrative' : 'audit',
  taskCountTarget: null,
  steps: [{ stepId: 's1', function: entry, args, dependsOn: [], typed }],
})

function parseArgs(json: string): JsonObject | null {
  try {
    const value = JsonObject.safeParse(JSON.parse(json.trim() === '' ? '{}' : json))
    return value.success ? value.data : null
  } catch {
    return null
  }
}

/** Name of a function for models, at most 64 characters (K2.20); `name` gives back what it stands for. */
export function toolName(entry: Pick<CatalogFunction, 'appId' | 'name'>): string {
  const full = `${entry.appId}__${entry.name}`
  if (full.length <= 64) return full
  let hash = 0
  for (const character of full) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return `${full.slice(0, 55)}_${hash.toString(16).padStart(8, '0')}`
}

const isMeant = (entry: CatalogFunction, tool: string): boolean =>
  tool === `${entry.appId}.${entry.name}` || tool === toolName(entry) || tool === `${entry.appId}__${entry.name}`

function unknown(tool: string, catalog: readonly CatalogFunction[]): PlanProblem {
  const [appId = ''] = tool.split(/\.|__/)
  const known = catalog.filter((entry) => entry.appId === appId).map((entry) => entry.name)
  return known.length === 0
    ? { code: 'UNKNOWN_TOOL', message: `There is no app "${appId}".` }
    : {
        code: 'UNKNOWN_SUB_FUNCTION',
        message: `The app "${appId}" has no function "${tool.slice(appId.length).replace(/^[._]+/, '')}". It has: ${known.join(', ')}.`,
      }
}

/** Parameter that receives the target of a step: `id_projection`, else the only id parameter, else the verb rule (K2.19). */
export function targetParameter(entry: CatalogFunction): string | null {
  if (entry.idProjection !== '') return entry.idProjection
  const names = Object.keys((entry.paramsSchema.properties ?? {}) as JsonObject).filter((name) => name.endsWith('_id'))
  if (names.length === 1) return names[0] ?? null
  const guess = `${entry.name.replace(/^[a-z]+_/, '')}_id`
  return names.includes(guess) ? guess : null
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a path can exist in data of a declared schema; what is not declared is left to the run. */
function canReach(schema: JsonValue | undefined, parts: readonly string[]): boolean {
  const [part, ...rest] = parts
  if (part === undefined || !isObject(schema)) return true
  if (['anyOf', 'oneOf', 'allOf', '$ref'].some((key) => key in schema)) return true
  if (isObject(schema.properties)) {
    if (Object.hasOwn(schema.properties, part)) return canReach(schema.properties[part], rest)
    return schema.additionalProperties !== false && schema.additionalProperties !== undefined
  }
  if (schema.items !== undefined) return /^\d+$/.test(part) && canReach(schema.items, rest)
  return schema.type === undefined || schema.type === 'object' || schema.type === 'array'
}

function referenceProblem(
  reference: Reference,
  at: number,
  plan: { steps: readonly PlanStep[]; limits: AssistantLimits },
): PlanProblem | null {
  if (reference.turnsAgo !== null) {
    const most = plan.limits.cross_turn_max_refs
    return reference.turnsAgo <= most
      ? null
      : { code: 'UNRESOLVED_REFS', message: `${reference.text} goes back more than ${most} turns.` }
  }
  const meant = stepMeant(
    reference,
    plan.steps.map((step) => step.function.appId),
  )
  const source = plan.steps[meant]
  if (source === undefined || meant === at)
    return { code: 'UNRESOLVED_REFS', message: `${reference.text} names no earlier call of this plan.` }
  const { returnSchema } = source.function
  if (Object.keys(returnSchema).length > 0 && !canReach(returnSchema, pathParts(reference.path)))
    return {
      code: 'UNRESOLVED_REFS',
      message: `${reference.text}: ${source.function.name} returns no ${reference.path}. It returns ${JSON.stringify(returnSchema).slice(0, 600)}.`,
    }
  return null
}

function missingOf(step: PlanStep): string[] {
  const properties = (step.function.paramsSchema.properties ?? {}) as Record<string, JsonObject>
  const required = (step.function.paramsSchema.required ?? []) as string[]
  const target = step.dependsOn.length > 0 ? targetParameter(step.function) : null
  return required.filter(
    (name) => !Object.hasOwn(step.args, name) && name !== target && properties[name]?.default === undefined,
  )
}

/** Earlier steps that the references of a step need, beside what the plan says. */
const neededBy = (args: JsonObject, steps: readonly PlanStep[]): string[] => {
  const apps = steps.map((step) => step.function.appId)
  return referencesIn(args)
    .filter((reference) => reference.turnsAgo === null)
    .flatMap((reference) => steps[stepMeant(reference, apps)]?.stepId ?? [])
}

/** Everything that must hold before a plan runs (kernel 2.5, K2.18, K2.26). */
function problemOf(steps: readonly PlanStep[], limits: AssistantLimits): PlanProblem | null {
  const most = limits.hub_dispatch_max_depth === 0 ? 1 : limits.default_max_tool_rounds
  if (steps.length > most) return { code: 'TOO_MANY_STEPS', message: `At most ${most} steps are possible.` }
  const alone = steps.length > 1 ? steps.find((step) => !step.function.chainCallable) : undefined
  if (alone)
    return {
      code: 'NOT_CHAIN_CALLABLE',
      message: `${alone.function.appId}.${alone.function.name} can only be the sole step of a plan.`,
    }
  for (const [at, step] of steps.entries()) {
    const references = referencesIn(step.args)
    if (references.length > limits.chain_max_refs_per_args)
      return {
        code: 'REF_COUNT_EXCEEDS_CAP',
        message: `Step ${step.stepId} has ${references.length} references; at most ${limits.chain_max_refs_per_args} are possible.`,
      }
    for (const reference of references) {
      const problem = referenceProblem(reference, at, { steps, limits })
      if (problem) return problem
    }
  }
  const missing = steps.flatMap((step) => missingOf(step).map((name) => ({ step, name })))
  if (missing.length === 0) return null
  return {
    code: 'VALIDATION_MISSING_FIELD',
    message: missing.map(({ step, name }) => `Step ${step.stepId} (${step.function.name}) needs "${name}".`).join(' '),
    missing: missing.map(({ name }) => name),
  }
}

/**
 * Checks the model's proposal against the live catalog. `before` are steps of the same turn that have run: the new ones come
 * behind them. Problems are for one more try of the model.
 */
export function validatePlan(
  proposal: Classification,
  catalog: readonly CatalogFunction[],
  known: { readonly limits: AssistantLimits; readonly before?: Plan | undefined },
): Plan | PlanProblem {
  const earlier = known.before?.steps ?? []
  const prefix = earlier.length === 0 ? '' : `r${earlier.length}`
  const steps: PlanStep[] = [...earlier]
  const named = new Map(earlier.map((step) => [step.stepId, step.stepId]))
  for (const [index, item] of proposal.action_plans.entries()) {
    const found = catalog.find((entry) => isMeant(entry, item.tool))
    if (!found) return unknown(item.tool, catalog)
    const args = parseArgs(item.args)
    if (!args) return { code: 'VALIDATION_TYPE_ERROR', message: `The args of step ${item.id} are not a JSON object.` }
    const stepId = `${prefix}${item.id || `s${index + 1}`}`
    const named_ = item.depends_on.flatMap((id) => named.get(id) ?? [])
    steps.push({
      stepId,
      function: found,
      args,
      dependsOn: [...new Set([...named_, ...neededBy(args, steps)])].filter((id) => id !== stepId),
    })
    named.set(item.id, stepId)
  }
  const problem = problemOf(steps, known.limits)
  if (problem) return problem
  return {
    planId: known.before?.planId ?? hexId('pln'),
    chainId: steps.length > 1 ? (known.before?.chainId ?? hexId('ch')) : null,
    // What the person asked for was understood first; later rounds see foreign content and decide nothing about it.
    intent: known.before?.intent ?? proposal.intent,
    narrationMode: steps.some((step) => step.function.actionType !== 'read') ? 'audit' : 'narrative',
    taskCountTarget: proposal.task_count_target ?? known.before?.taskCountTarget ?? null,
    wantsAll: known.before?.wantsAll ?? proposal.wants_all,
    steps,
    ...(known.before?.model === undefined ? {} : { model: known.before.model }),
  }
}

const TALKS = /^(?:send|reply|forward|notify|post|publish|share|invite|announce|tweet|message)/
const rank = ({ function: entry }: PlanStep): number =>
  TALKS.test(entry.name) || entry.effects.some((effect) => effect.startsWith('send:'))
    ? 3
    : entry.actionType === 'read'
      ? 0
      : entry.actionType === 'write'
        ? 1
        : 2

/** Places of the steps in the order in which they run: what others need first, then reads, changes, messages (K2.24). */
export function runningOrder(steps: readonly PlanStep[]): number[] {
  const left = new Set(steps.keys())
  const done = new Set<string>()
  const known = new Set(steps.map((step) => step.stepId))
  const order: number[] = []
  while (left.size > 0) {
    const ready = [...left].filter((at) => steps[at]?.dependsOn.every((id) => done.has(id) || !known.has(id)))
    // A circle: the plan's own order breaks it, and its references then resolve to nothing.
    const candidates = ready.length > 0 ? ready : [...left].slice(0, 1)
    const next = candidates.reduce((best, at) =>
      rank(steps[at] as PlanStep) < rank(steps[best] as PlanStep) ? at : best,
    )
    left.delete(next)
    done.add(steps[next]?.stepId ?? '')
    order.push(next)
  }
  return order
}
