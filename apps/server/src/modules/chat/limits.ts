import { z } from 'zod'

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
})
export type AssistantLimits = z.infer<typeof AssistantLimits>

export const DEFAULT_LIMITS: AssistantLimits = AssistantLimits.parse({})
