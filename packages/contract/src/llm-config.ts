import { z } from 'zod'
import { AppId } from './identifiers.ts'

export const LlmProvider = z.enum(['anthropic', 'openai', 'google', 'openai_compatible'])
export type LlmProvider = z.infer<typeof LlmProvider>

/** Purposes that apps and people know; every other one uses the model of one of these unless it has its own. */
export const PublicPurpose = z.enum(['routing', 'execution', 'navigate'])
export type PublicPurpose = z.infer<typeof PublicPurpose>

interface PurposeFacts {
  readonly label: string
  readonly base: PublicPurpose
  /** Most tokens of an answer: the default and what administrators may set. */
  readonly tokens: readonly [initial: number, least: number, most: number]
}

/** What models are asked for (kernel 9.2, 9.4a). */
export const LLM_PURPOSES = {
  routing: { label: 'Understanding and planning', base: 'routing', tokens: [4096, 512, 32_000] },
  tool_picker: { label: 'Choosing one function of an app', base: 'routing', tokens: [1024, 256, 16_000] },
  step_reclassify: { label: 'Arguments of one step', base: 'routing', tokens: [8000, 2048, 32_000] },
  judge: { label: 'Comparing a text with results', base: 'routing', tokens: [4096, 256, 32_000] },
  automation_condition: { label: 'Conditions of automations', base: 'routing', tokens: [50, 10, 4096] },
  execution: { label: 'Apps that ask a model', base: 'execution', tokens: [2048, 256, 32_000] },
  action_narrator: { label: 'Telling what was done', base: 'execution', tokens: [4096, 256, 32_000] },
  automation_main: { label: 'Drafting automations', base: 'execution', tokens: [4096, 256, 32_000] },
  code: { label: 'Coding sessions', base: 'execution', tokens: [8192, 512, 32_000] },
  navigate: { label: 'Conversation', base: 'navigate', tokens: [4096, 512, 32_000] },
} as const satisfies Readonly<Record<string, PurposeFacts>>
export type LlmPurpose = keyof typeof LLM_PURPOSES
export const LlmPurpose = z.enum(Object.keys(LLM_PURPOSES) as [LlmPurpose, ...LlmPurpose[]])

const ModelName = z.string().trim().max(200)
const Key = z.string().max(1000)
const Address = z.string().trim().max(500)

export const ProviderAccess = z.object({
  base_url: Address.nullish(),
  /** Write-only: reads as `…abcd`; the masked form and an absent one leave it as it is, null removes it. */
  api_key: Key.nullish(),
})

const modelKeys = Object.fromEntries(
  Object.keys(LLM_PURPOSES).flatMap((purpose) => [
    [`${purpose}_model`, ModelName.nullish()],
    [`${purpose}_fallback_model`, ModelName.nullish()],
  ]),
) as Record<`${LlmPurpose}_model` | `${LlmPurpose}_fallback_model`, z.ZodOptional<z.ZodNullable<typeof ModelName>>>

const Tuning = z.object({
  max_tokens: z.number().int().min(10).max(32_000).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
})

const knob = (initial: number, least: number, most: number, what: string) =>
  z.number().int().min(least).max(most).default(initial).describe(what)

/** What administrators may tune of the assistant (kernel 9.4a): a default and a range each, in effect without a restart. */
export const AssistantLimits = z.object({
  default_max_tool_rounds: knob(10, 1, 100, 'Steps of one plan.'),
  default_routing_context: knob(20, 4, 200, 'Earlier messages that the classifier reads.'),
  default_kav_max_retries: knob(2, 0, 50, 'Further plannings when a wanted change was not carried out.'),
  narration_history_limit: knob(12, 4, 200, 'Earlier messages that a conversational answer reads.'),
  attachment_chars: knob(12_000, 1000, 500_000, 'Characters of attached files that the assistant reads.'),
  narrator_structured_data_chars: knob(8000, 1000, 200_000, 'Characters of results that the narrator reads.'),
  list_truncate_items: knob(50, 5, 1000, 'Entries of a list in a plain answer.'),
  string_truncate_chars: knob(1500, 200, 50_000, 'Characters of one value in a plain answer.'),
  classifier_fact_ledger_window: knob(20, 1, 200, 'Earlier turns whose exact results the classifier reads.'),
  classifier_data_facts_chars: knob(1500, 200, 200_000, 'Characters of one earlier result.'),
  classifier_turn_facts_agg_chars: knob(3000, 300, 500_000, 'Characters of all results of one earlier turn.'),
  cross_turn_facts_full_cap_bytes: knob(50_000, 1000, 2_000_000, 'Bytes of one result that later turns may refer to.'),
  chain_prior_step_max_chars: knob(8000, 500, 128_000, 'Characters of one earlier step that a later one reads.'),
  chain_prior_total_max_chars: knob(64_000, 3000, 500_000, 'Characters of all earlier steps that a later one reads.'),
  chain_max_refs_per_args: knob(20, 1, 200, 'References in the arguments of one step.'),
  cross_turn_max_refs: knob(5, 1, 50, 'Turns that a reference may reach back.'),
  fanout_max: knob(50, 1, 500, 'Calls of one fan-out.'),
  hub_dispatch_max_depth: knob(6, 0, 9, 'Depth of delegation; 0 allows plans of one step only.'),
  history_ttl_days: knob(1, 1, 90, 'Days that the assistant looks back.'),
  confidence_act_percent: knob(75, 1, 100, 'Confidence from which a change is carried out without a question.'),
  confidence_ask_percent: knob(45, 0, 100, 'Confidence below which nothing is carried out.'),
  step_reclassify_enabled: z
    .boolean()
    .default(true)
    .describe('A model may complete the arguments of a step from earlier results.'),
  judge_enabled: z.boolean().default(false).describe('A second model compares narrations with the results.'),
  judge_digest_chars: knob(8000, 2000, 128_000, 'Characters of results that the judge reads.'),
  coding_thread_chars: knob(250_000, 20_000, 2_000_000, 'Characters of a coding session that its model reads.'),
  coding_keep_messages: knob(20, 2, 200, 'Newest messages of a coding session that are never folded.'),
  coding_fold_chars: knob(120_000, 10_000, 500_000, 'Characters that one folding of a coding session reads.'),
  coding_fold_rounds: knob(6, 0, 20, 'Foldings by a model before a coding session is cut mechanically.'),
  coding_fold_seconds: knob(100, 1, 600, 'Seconds for all foldings of a coding session.'),
  coding_turn_rounds: knob(200, 1, 2000, 'Answers of the model in one turn of a coding session.'),
})
export type AssistantLimits = z.infer<typeof AssistantLimits>

const limitChanges = Object.fromEntries(
  Object.entries(AssistantLimits.shape).map(([name, schema]) => [name, schema.removeDefault().nullish()]),
) as unknown as {
  [K in keyof AssistantLimits]: z.ZodOptional<z.ZodNullable<z.ZodType<AssistantLimits[K]>>> // what removeDefault gives, name by name
}

const most = z.number().int().min(0).max(10_000_000_000).nullish()

/**
 * Models of the installation and the assistant's limits, as administrators set them (kernel 9.3, 9.4a, api.md 3.23). What is
 * absent or null is as the environment says. A model may be the name of a tier.
 */
export const LlmConfig = z
  .object({
    provider: LlmProvider.nullish(),
    model: ModelName.nullish(),
    /** Of `provider`, in the shorter form. */
    base_url: Address.nullish(),
    api_key: Key.nullish(),
    providers: z.partialRecord(LlmProvider, ProviderAccess.nullable()).optional(),
    tiers: z
      .object({ economy: ModelName.nullish(), standard: ModelName.nullish(), premium: ModelName.nullish() })
      .optional(),
    ...modelKeys,
    purposes: z.partialRecord(LlmPurpose, Tuning.nullable()).optional(),
    extension_overrides: z
      .record(AppId, z.object({ model: ModelName.min(1), provider: LlmProvider.nullish() }).nullable())
      .optional(),
    failover_enabled: z.boolean().nullish(),
    failover_provider: LlmProvider.nullish(),
    failover_model: ModelName.nullish(),
    caps: z
      .object({
        /** Most tokens of any one answer. */
        quality_ceiling_tokens: z.number().int().min(1024).max(500_000).nullish(),
        /** Tokens of the installation's models in a month, in and out; of each user, and of everybody. Null: no cap. */
        user_monthly_tokens: most,
        installation_monthly_tokens: most,
        /** From which part of a cap it is told. */
        alert_percent: z.number().int().min(1).max(100).nullish(),
      })
      .optional(),
    assistant: z.object(limitChanges).optional(),
  })
  .loose()
export type LlmConfig = z.infer<typeof LlmConfig>
