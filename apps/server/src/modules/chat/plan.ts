import { type ActionType, JsonObject } from '@imperal/contract'
import { z } from 'zod'
import type { CallIntent, CatalogFunction } from '../kernel/index.ts'

/** What the model answers (kernel 2.4). `args` is JSON in a string, so that strict schemas of every provider fit. */
export const Classification = z.object({
  intent: z.enum(['read', 'write', 'destructive', 'chain', 'automation', 'navigate', 'clarify', 'refuse']),
  confidence: z.number().min(0).max(1).catch(0.5),
  language: z.string().max(16).catch('en'),
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
  question: z.string().max(500).nullable().catch(null),
  refusal: z.string().max(500).nullable().catch(null),
})
export type Classification = z.infer<typeof Classification>

export const CLASSIFICATION_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['intent', 'confidence', 'language', 'action_plans', 'question', 'refusal'],
  properties: {
    intent: {
      type: 'string',
      enum: ['read', 'write', 'destructive', 'chain', 'automation', 'navigate', 'clarify', 'refuse'],
    },
    confidence: { type: 'number' },
    language: { type: 'string' },
    action_plans: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'tool', 'args', 'depends_on'],
        properties: {
          id: { type: 'string' },
          tool: { type: 'string' },
          args: { type: 'string' },
          depends_on: { type: 'array', items: { type: 'string' } },
        },
      },
    },
    question: { type: ['string', 'null'] },
    refusal: { type: ['string', 'null'] },
  },
}

export interface PlanStep {
  readonly stepId: string
  readonly function: CatalogFunction
  readonly args: JsonObject
  readonly dependsOn: readonly string[]
}

/** A plan whose every step names a function that the user may call. */
export interface Plan {
  readonly steps: readonly PlanStep[]
  /** The model that made it; absent where the words alone did. */
  readonly model?: CallIntent['model']
}

export type PlanProblem = {
  readonly code: 'UNKNOWN_TOOL' | 'UNKNOWN_SUB_FUNCTION' | 'VALIDATION_TYPE_ERROR' | 'TOO_MANY_STEPS'
  readonly message: string
}

const MOST_STEPS = 10

/** The strongest action type wins, whatever the model believed (K2.3). */
export function strongest(steps: readonly PlanStep[]): ActionType {
  const types = steps.map((step) => step.function.actionType)
  return types.includes('destructive') ? 'destructive' : types.includes('write') ? 'write' : 'read'
}

function parseArgs(text: string): JsonObject | null {
  try {
    const value = JsonObject.safeParse(JSON.parse(text.trim() === '' ? '{}' : text))
    return value.success ? value.data : null
  } catch {
    return null
  }
}

/** Checks the model's proposal against the live catalog (kernel 2.5). Problems are for one more try of the model. */
export function validatePlan(proposal: Classification, catalog: readonly CatalogFunction[]): Plan | PlanProblem {
  if (proposal.action_plans.length > MOST_STEPS)
    return { code: 'TOO_MANY_STEPS', message: `At most ${MOST_STEPS} steps are possible.` }
  const steps: PlanStep[] = []
  for (const item of proposal.action_plans) {
    const [appId = '', name = ''] =
      item.tool.includes('__') && !item.tool.includes('.') ? item.tool.split('__') : item.tool.split('.')
    const found = catalog.find((entry) => entry.appId === appId && entry.name === name)
    if (!found) {
      const known = catalog.filter((entry) => entry.appId === appId).map((entry) => entry.name)
      return known.length === 0
        ? { code: 'UNKNOWN_TOOL', message: `There is no app "${appId}".` }
        : {
            code: 'UNKNOWN_SUB_FUNCTION',
            message: `The app "${appId}" has no function "${name}". It has: ${known.join(', ')}.`,
          }
    }
    const args = parseArgs(item.args)
    if (!args) return { code: 'VALIDATION_TYPE_ERROR', message: `The args of step ${item.id} are not a JSON object.` }
    steps.push({
      stepId: item.id,
      function: found,
      args,
      dependsOn: item.depends_on.filter((id) => steps.some((step) => step.stepId === id)),
    })
  }
  return { steps }
}
