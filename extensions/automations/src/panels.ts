import { type UINode, ui } from '@imperal/sdk'
import { platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { ext } from './extension.ts'
import {
  approveAutomation,
  createAutomation,
  deleteAutomation,
  pauseAutomation,
  Rule,
  readExecutions,
  readRules,
  resumeAutomation,
} from './functions.ts'

const REFRESH = 'on_event:automations.rules_changed'
const COLORS: Readonly<Record<string, 'green' | 'gray' | 'red'>> = { active: 'green', paused: 'gray', error: 'red' }

function row(rule: Rule): UINode {
  const { rule_id } = rule
  const turn =
    rule.status === 'active'
      ? { icon: 'Pause', label: 'Pause', onClick: ui.Call(pauseAutomation, { rule_id }) }
      : rule.approval_needed === null
        ? { icon: 'Play', label: 'Resume', onClick: ui.Call(resumeAutomation, { rule_id }) }
        : { icon: 'ShieldCheck', label: 'Approve', onClick: ui.Call(approveAutomation, { rule_id }) }
  return ui.ListItem(String(rule_id), rule.name, {
    subtitle: rule.status_reason ?? rule.interpretation,
    icon: 'Zap',
    badge: ui.Badge(rule.status, { color: COLORS[rule.status] ?? 'gray' }),
    meta: `${rule.trigger_count} runs`,
    onClick: ui.Call('__panel__rule', { rule_id }),
    actions: [turn, { icon: 'Trash2', label: 'Delete', onClick: ui.Call(deleteAutomation, { rule_id }) }],
  })
}

ext.panel(
  'rules',
  { slot: 'left', title: 'Automations', icon: 'Zap', refresh: REFRESH, defaultWidth: 360 },
  async (ctx) => {
    const answer = await readRules(ctx)
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const rules = answer.body.map((one) => Rule.parse(one))
    const say = ui.Input({ placeholder: 'When …, then …', paramName: 'prompt', onSubmit: ui.Call(createAutomation) })
    const build = ui.Button('Put one together', { icon: 'Plus', size: 'sm', onClick: ui.Call('__panel__build', {}) })
    const body = rules.length === 0 ? ui.Text('No rules yet.', { variant: 'caption' }) : ui.List(rules.map(row))
    return ui.Stack([build, say, body], { gap: 2 })
  },
)

interface Choices {
  readonly events: readonly { event_type: string; description: string }[]
  readonly functions: readonly {
    app_id: string
    app_name: string
    tool: string
    description: string
    action_type: string
  }[]
}

ext.panel(
  'build',
  {
    slot: 'center',
    title: 'New rule',
    icon: 'Zap',
    centerOverlay: true,
    params: z.object({ event_type: z.string().default(''), function: z.string().default('') }),
  },
  async (ctx, chosen) => {
    const answer = await platform(ctx).request<Choices>('GET', '/v1/automations/choices')
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const { events, functions } = answer.body
    const selected = functions.find(({ app_id, tool }) => `${app_id}/${tool}` === chosen.function)
    if (chosen.event_type === '' || selected === undefined) {
      const form = ui.Form(
        [
          ui.Select(
            events.map((one) => ({
              value: one.event_type,
              label: `${one.event_type} – ${one.description}`.slice(0, 120),
            })),
            { label: 'When this happens', paramName: 'event_type' },
          ),
          ui.Select(
            functions.map((one) => ({ value: `${one.app_id}/${one.tool}`, label: `${one.app_name}: ${one.tool}` })),
            { label: 'do this', paramName: 'function' },
          ),
        ],
        { action: '__panel__build', submitLabel: 'Next' },
      )
      return ui.Page([form], { title: 'New rule' })
    }
    const form = ui.Form(
      [
        ui.Input({
          label: 'Name',
          paramName: 'name',
          value: `${chosen.event_type} → ${selected.tool}`,
          required: true,
        }),
      ],
      {
        action: createAutomation.functionName,
        submitLabel: 'Make the rule',
        defaults: {
          prompt: `When ${chosen.event_type}, run ${selected.tool}.`,
          trigger_filter: { event_type: chosen.event_type },
          actions: [{ app_id: selected.app_id, tool: selected.tool, args: {} }],
        },
      },
    )
    const note =
      selected.action_type === 'destructive'
        ? [ui.Alert('It destroys something, so the rule waits for your approval.', { type: 'warning' })]
        : []
    return ui.Page([ui.Text(selected.description), ...note, form], { title: 'New rule' })
  },
)

ext.panel(
  'rule',
  {
    slot: 'center',
    title: 'Rule',
    icon: 'Zap',
    centerOverlay: true,
    listed: false,
    refresh: REFRESH,
    params: z.object({ rule_id: z.coerce.number().int().default(0) }),
  },
  async (ctx, { rule_id }) => {
    const [answer, runs] = await Promise.all([readRules(ctx), readExecutions(ctx, Math.max(1, rule_id), 20)])
    const rule = answer.ok
      ? answer.body.map((one) => Rule.parse(one)).find((one) => one.rule_id === rule_id)
      : undefined
    if (rule === undefined) return ui.Empty('This rule does not exist any more.', { icon: 'ZapOff' })
    const rows = (runs.ok ? runs.body.executions : []) as {
      execution_id: string
      status: string
      created_at: string
      result: string | null
      error_text: string | null
    }[]
    return ui.Page(
      [
        ui.KeyValue([
          { key: 'Waits for', value: String(rule.trigger_filter.event_type ?? '') },
          { key: 'State', value: rule.status },
          { key: 'Ran', value: `${rule.trigger_count} times, ${rule.failure_count} failed` },
          { key: 'Next', value: rule.next_run_at ?? '–' },
        ]),
        ui.Header('Does', { level: 3 }),
        ui.Code(JSON.stringify(rule.actions, null, 2), { language: 'json' }),
        ui.Header('Runs', { level: 3 }),
        rows.length === 0
          ? ui.Text('It has not run yet.', { variant: 'caption' })
          : ui.List(
              rows.map((one) =>
                ui.ListItem(one.execution_id, one.status, {
                  subtitle: one.error_text ?? one.result ?? '',
                  meta: one.created_at.slice(0, 19).replace('T', ' '),
                }),
              ),
            ),
      ],
      { title: rule.name, subtitle: rule.interpretation },
    )
  },
)
