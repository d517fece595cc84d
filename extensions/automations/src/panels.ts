import { type Document, type Reader, readerOf, type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { removeStep } from './build.ts'
import { type Draft, discardDraft, draftAutomation, saveDraft, waitingDraft } from './drafts.ts'
import { ext } from './extension.ts'
import { deleteAutomation } from './functions.ts'
import { Rule, readRules } from './rules.ts'
import { type Run, readRuns } from './runs.ts'
import { approveAutomation, pauseAutomation, resumeAutomation } from './states.ts'
import { inWords, skipInWords, stateInWords } from './words.ts'
import { stepsInWords, triggerInWords } from './words-of-rules.ts'

// What is done to rules here and elsewhere, and every run of one.
const REFRESH = 'on_event:automations.*'
const COLORS: Readonly<Record<string, 'green' | 'gray' | 'red' | 'blue'>> = {
  active: 'green',
  paused: 'gray',
  error: 'red',
  completed: 'green',
  success: 'green',
  failed: 'red',
  running: 'blue',
}
const badge = (status: string): UINode => ui.Badge(stateInWords(status), { color: COLORS[status] ?? 'gray' })

/** What turns a rule on or off, in the state in which it is. */
function turn({ rule_id, status, approval_needed }: Rule) {
  if (status === 'active') return { icon: 'Pause', label: 'Pause', onClick: ui.Call(pauseAutomation, { rule_id }) }
  return approval_needed === null
    ? { icon: 'Play', label: 'Resume', onClick: ui.Call(resumeAutomation, { rule_id }) }
    : {
        icon: 'ShieldCheck',
        label: 'Approve',
        onClick: ui.Call(approveAutomation, { rule_id, approval: approval_needed }),
      }
}

// The shell tells a panel at the left what stands in the center (ui 5.5), so that it can mark the row.
const Center = z.object({ __active__: z.object({ params: z.object({ rule_id: z.coerce.number() }) }) })

function row(rule: Rule, openId: number | undefined): UINode {
  const { rule_id } = rule
  return ui.ListItem(String(rule_id), rule.name, {
    subtitle: rule.status_reason ?? (rule.interpretation || triggerInWords(rule.trigger_filter)),
    icon: 'Zap',
    selected: rule_id === openId,
    badge: badge(rule.status),
    meta: rule.trigger_count === 1 ? '1 run' : `${rule.trigger_count} runs`,
    onClick: ui.Call('__panel__rule', { rule_id }),
    actions: [turn(rule), { icon: 'Trash2', label: 'Delete', onClick: ui.Call(deleteAutomation, { rule_id }) }],
  })
}

/** What words were understood as, to be looked at before it is a rule. */
function draftCard({ id, data }: Document<Draft>): UINode {
  const save = ui.Button('Save the rule', { icon: 'Check', size: 'sm', onClick: ui.Call(saveDraft, { draft_id: id }) })
  const away = ui.Button('Discard', {
    icon: 'X',
    size: 'sm',
    variant: 'secondary',
    onClick: ui.Call(discardDraft, { draft_id: id }),
  })
  const does = stepsInWords(data.actions).map(({ title, values }, index) =>
    ui.ListItem(`step-${index + 1}`, `${index + 1}. ${title}`, { subtitle: values }),
  )
  return ui.Card({
    title: `Draft: ${data.name}`,
    subtitle: 'Not saved yet. To change it, say it anew above.',
    content: ui.Stack(
      [
        ui.Text(data.interpretation),
        ui.KeyValue([{ key: 'Waits for', value: triggerInWords(data.trigger_filter) }]),
        ui.List(does),
        ui.Stack([save, away], { direction: 'h', gap: 2 }),
      ],
      { gap: 2 },
    ),
  })
}

ext.panel(
  'rules',
  { slot: 'left', title: 'Automations', icon: 'Zap', refresh: REFRESH, defaultWidth: 360 },
  async (ctx, params) => {
    const openId = Center.safeParse(params).data?.__active__.params.rule_id
    const answer = await readRules(ctx)
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const rules = answer.body.map((one) => Rule.parse(one))
    const say = ui.Input({ placeholder: 'When …, then …', paramName: 'prompt', onSubmit: ui.Call(draftAutomation) })
    const draft = await waitingDraft(ctx.store)
    const build = ui.Button('Put one together', { icon: 'Plus', size: 'sm', onClick: ui.Call('__panel__build', {}) })
    const body =
      rules.length === 0
        ? ui.Text('No rules yet. Say one above, or put one together.', { variant: 'caption' })
        : ui.List(rules.map((rule) => row(rule, openId)))
    const toolbar = ui.Stack([build], { direction: 'h', sticky: true })
    return ui.Stack([toolbar, say, ...(draft === undefined ? [] : [draftCard(draft)]), body], { gap: 2 })
  },
)

/** What the rule does, step by step; each but the only one can be taken out. */
function steps(rule: Rule): UINode {
  const { rule_id, actions } = rule
  const items = stepsInWords(actions).map(({ title, values }, index) => {
    const remove = { icon: 'Trash2', label: 'Remove', onClick: ui.Call(removeStep, { rule_id, step: index + 1 }) }
    return ui.ListItem(String(index + 1), `${index + 1}. ${title}`, {
      subtitle: values,
      ...(actions.length > 1 ? { actions: [remove] } : {}),
    })
  })
  return ui.List(items)
}

const runItem = (ruleId: number, run: Run, reader: Reader): UINode =>
  ui.ListItem(run.execution_id, reader.moment(run.created_at), {
    subtitle: run.error_text ?? run.result ?? '',
    badge: badge(run.status),
    meta: run.attempt > 1 ? `attempt ${run.attempt}` : '',
    onClick: ui.Call('__panel__run', { rule_id: ruleId, execution_id: run.execution_id }),
  })

const skipsOf = (rule: Rule): string =>
  Object.entries(rule.skipped)
    .map(([why, times]) => `${skipInWords(why)}: ${times}`)
    .join(', ') || '–'

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
    const [answer, runs] = await Promise.all([readRules(ctx), readRuns(ctx, Math.max(1, rule_id), 20)])
    const rule = answer.ok
      ? answer.body.map((one) => Rule.parse(one)).find((one) => one.rule_id === rule_id)
      : undefined
    if (rule === undefined) return ui.Empty('This rule does not exist any more.', { icon: 'ZapOff' })
    const reader = readerOf(ctx)
    const { icon, label, onClick } = turn(rule)
    const add = ui.Button('Add a step', {
      icon: 'Plus',
      size: 'sm',
      variant: 'secondary',
      onClick: ui.Call('__panel__step', { rule_id }),
    })
    const list = runs.ok ? runs.body : []
    return ui.Page(
      [
        ...(rule.status_reason === null ? [] : [ui.Alert(rule.status_reason, { type: 'warning' })]),
        ui.KeyValue([
          { key: 'Waits for', value: triggerInWords(rule.trigger_filter) },
          { key: 'State', value: inWords(stateInWords(rule.status)) },
          {
            key: 'Ran',
            value: `${rule.trigger_count === 1 ? 'Once' : `${rule.trigger_count} times`}, ${rule.failure_count} failed`,
          },
          { key: 'Did not run', value: skipsOf(rule) },
          { key: 'Next', value: reader.moment(rule.next_run_at) || '–' },
        ]),
        ui.Stack([ui.Button(label, { icon, size: 'sm', onClick }), add], { direction: 'h', gap: 2 }),
        ui.Header('Does', { level: 2 }),
        steps(rule),
        ui.Header('Runs', { level: 2 }),
        list.length === 0
          ? ui.Text('It has not run yet.', { variant: 'caption' })
          : ui.List(list.map((run) => runItem(rule_id, run, reader))),
      ],
      { title: rule.name, subtitle: rule.interpretation },
    )
  },
)

ext.panel(
  'run',
  {
    slot: 'center',
    title: 'Run',
    icon: 'History',
    centerOverlay: true,
    listed: false,
    params: z.object({ rule_id: z.coerce.number().int().default(0), execution_id: z.string().default('') }),
  },
  async (ctx, { rule_id, execution_id }) => {
    const runs = await readRuns(ctx, Math.max(1, rule_id), 200)
    const run = runs.ok ? runs.body.find((one) => one.execution_id === execution_id) : undefined
    if (run === undefined) return ui.Empty('This run is not kept any more.', { icon: 'History' })
    const reader = readerOf(ctx)
    const back = ui.Button('The rule', {
      icon: 'ArrowLeft',
      size: 'sm',
      onClick: ui.Call('__panel__rule', { rule_id }),
    })
    const items = run.steps.map((step) =>
      ui.ListItem(
        String(step.index),
        `${step.index}. ${step.tool === null ? 'In words' : `${inWords(step.app_id ?? '')}: ${inWords(step.tool)}`}`,
        {
          subtitle: step.error ?? step.summary ?? '',
          badge: badge(step.status),
        },
      ),
    )
    return ui.Page(
      [
        back,
        ui.KeyValue([
          { key: 'State', value: inWords(stateInWords(run.status)) },
          { key: 'Began', value: reader.moment(run.started_at) || '–' },
          { key: 'Ended', value: reader.moment(run.finished_at) || '–' },
          { key: 'Attempt', value: String(run.attempt) },
        ]),
        ...(run.error_text === null ? [] : [ui.Alert(run.error_text, { type: 'error' })]),
        ui.Header('Steps', { level: 2 }),
        items.length === 0 ? ui.Text('None has begun.', { variant: 'caption' }) : ui.List(items),
        ui.Header('What it ran for', { level: 2 }),
        ui.Code(JSON.stringify(run.event_data, null, 2), { language: 'json' }),
      ],
      { title: `Run of ${reader.moment(run.created_at)}` },
    )
  },
)
