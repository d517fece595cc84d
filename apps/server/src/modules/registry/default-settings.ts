import type { JsonObject } from '@imperal/contract'

/** Runtime settings of an app that nobody changed (api.md 4.2). An empty model name inherits the installation's. */
export const DEFAULT_SETTINGS: JsonObject = {
  general: {},
  models: {
    primary_model: '',
    intake_model: '',
    analysis_model: '',
    router_model: '',
    temperature: 0.7,
    max_tokens: 2048,
    thinking_mode: '',
    top_p: null,
    presence_penalty: null,
    frequency_penalty: null,
  },
  persona: {
    system_prompt_intake: '',
    system_prompt_intelligence: '',
    language: 'auto',
    tone: 'formal',
    use_emojis: false,
    cite_sources: true,
  },
  alerts: { enabled: true, cooldown_seconds: 60, max_per_hour: 10 },
  router: { enabled: true, timeout_ms: 3000, fallback: 'first_tool' },
  session: { timeout_hours: 24, max_history: 40, compress_at: 30, history_ttl_days: 7 },
  context: { max_tool_rounds: null, max_result_tokens: null, keep_recent_verbatim: null },
  skeleton: { ttl: 300, sections: [] },
  monitoring: { tracing_enabled: true },
}
