import type { JsonObject, JsonValue } from '@imperal/contract'
import { findComponent } from '@imperal/contract/ui'
import { callTarget } from '../derive/action-type.ts'
import { COMPARATORS, type IrPanel, type IrStep } from '../document.ts'
import { readStepList } from '../form/read-steps.ts'
import { isObject, shown } from '../json.ts'
import { hasToken } from '../template/scan.ts'
import { CHILD_LISTS, childListProblems } from './child-lists.ts'
import type { Validation } from './context.ts'
import { checkSteps, checkUnique } from './functions.ts'
import { checkAliases, checkTemplates, stringsIn } from './templates.ts'

const DRAWN_SLOTS: ReadonlySet<string> = new Set(['left', 'right', 'center'])
const PANEL_ID = /^[a-z][a-z0-9_-]*$/
const REFRESH = /^(?:manual|on_event:[^,\s]+(?:,[^,\s]+)*|interval:\d{1,6}s)$/

interface Place {
  readonly panel: IrPanel
  readonly path: string
  readonly validation: Validation
}

const say = ({ panel }: Place, message: string): string => `panel '${panel.panel_id}': ${message}`

function checkFunctionName(name: JsonValue | undefined, place: Place, path: string): void {
  if (typeof name !== 'string' || hasToken(name)) {
    if (typeof name === 'string')
      place.validation.issues.error('IR45', say(place, "'function' must be a literal"), path)
    return
  }
  const { app } = place.validation.document
  const isPanel = app.panels.some((panel) => `__panel__${panel.panel_id}` === name)
  if (!isPanel && !app.functions.some((fn) => fn.name === name))
    place.validation.issues.error('IR55', say(place, `action calls unknown function '${name}'`), path)
}

const KNOWN_PROPS: readonly (readonly [string, string])[] = [['Input', 'type']]

function checkNode(node: JsonObject, place: Place, path: string): void {
  const { issues } = place.validation
  const type = shown(node.type)
  const props = isObject(node.props) ? node.props : {}
  const component = findComponent(type)
  if (component === undefined) issues.warn('IR54', say(place, `unknown component '${type}'`), path)
  for (const [name, prop] of KNOWN_PROPS) {
    const value = props[prop]
    if (type !== name || typeof value !== 'string' || hasToken(value)) continue
    if (component?.spec.props[prop]?.schema.safeParse(value).success === false)
      issues.error('IR55', say(place, `'${value}' is no ${prop} of ${name}`), `${path}.props.${prop}`)
  }
  if (type === 'Form' && props.action !== undefined) checkFunctionName(props.action, place, `${path}.props.action`)
  if (type === 'Html' && typeof props.content === 'string' && hasToken(props.content))
    issues.error('IR55', say(place, 'Html.content must be a literal'), `${path}.props.content`)
  for (const [prop, kind] of Object.entries(CHILD_LISTS[type] ?? {})) {
    const value = props[prop]
    if (value === undefined) continue
    for (const problem of childListProblems(kind, value))
      issues.error('IR58', say(place, problem), `${path}.props.${prop}`)
  }
}

function checkCondition(condition: JsonValue, place: Place, path: string): void {
  const comparators = isObject(condition) ? COMPARATORS.filter((name) => condition[name] !== undefined) : []
  if (!isObject(condition) || condition.field === undefined || comparators.length !== 1)
    place.validation.issues.error(
      'IR40',
      say(place, "'$if' needs 'field' and exactly one of eq, neq, gt, lt, in, exists"),
      path,
    )
}

function walk(value: JsonValue, place: Place, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) walk(entry, place, `${path}.${index}`)
    return
  }
  if (!isObject(value)) return
  if (typeof value.type === 'string' && (value.props !== undefined || path.endsWith('.tree') || path.endsWith('.node')))
    checkNode(value, place, path)
  if (value.action === 'call') checkFunctionName(value.function, place, `${path}.function`)
  if (value.$if !== undefined) checkCondition(value.$if, place, `${path}.$if`)
  for (const [key, entry] of Object.entries(value)) if (!key.startsWith('$')) walk(entry, place, `${path}.${key}`)
}

/** Only reads may feed a panel, and none that costs a completion (ir 8.4). */
function mayFeed(step: IrStep, { document, types }: Validation): boolean {
  if (step.action === 'store.get' || step.action === 'store.list' || step.action === 'conditional') return true
  const target = callTarget(step, document.app.id)
  if (target === null || target.appId !== document.app.id) return false
  const callee = document.app.functions.find((fn) => fn.name === target.function)
  if (callee === undefined) return true // named by the check of calls
  return types.effective(callee) === 'read' && !callee.steps.some(({ action }) => action === 'ai.complete')
}

function checkData(tree: JsonObject, place: Place): void {
  const steps = readStepList(tree.$data)
  const { panel, path, validation } = place
  if (tree.$data !== undefined && !Array.isArray(tree.$data))
    validation.issues.error('IR57', say(place, '$data must be a list of steps'), `${path}.$data`)
  checkSteps({ name: panel.panel_id, path: `${path}.$data`, steps }, validation)
  for (const [index, step] of steps.entries())
    if (!mayFeed(step, validation))
      validation.issues.error(
        'IR57',
        say(place, `$data step '${step.id}' uses ${step.action}; panel data may only read`),
        `${path}.$data.${index}`,
      )
}

function checkTree(place: Place): void {
  const { panel, path, validation } = place
  const { tree, kind } = panel.render
  if (kind === 'static') {
    const hasTokens = [...stringsIn(tree, path)].some(([text]) => hasToken(text))
    const hasDirectives = /"\$(?:if|repeat|data)":/.test(JSON.stringify(tree))
    if (hasTokens || hasDirectives)
      validation.issues.warn('IR56', say(place, 'static tree contains template tokens'), path)
  } else {
    const { $data: _data, ...drawn } = tree
    checkTemplates(drawn, { who: `panel '${panel.panel_id}'`, path }, validation)
    checkAliases(drawn, path, validation)
    checkData(tree, place)
    const { $refresh } = tree
    if ($refresh !== undefined && !(typeof $refresh === 'string' && REFRESH.test($refresh)))
      validation.issues.error(
        'IR55',
        say(place, '$refresh must be manual, on_event:… or interval:…s'),
        `${path}.$refresh`,
      )
  }
  walk(tree, place, path)
}

function checkSlot(panel: IrPanel, index: number, { document, issues }: Validation): void {
  const path = `app.ui.panels.${index}.slot`
  if (panel.slot !== '' && !DRAWN_SLOTS.has(panel.slot))
    issues.warn('IR52', `panel '${panel.panel_id}': slot '${panel.slot}' is reserved and not rendered`, path)
  const first = document.app.panels.find((other) => other.slot === panel.slot)
  if (first !== undefined && first !== panel)
    issues.warn('IR53', `slot '${panel.slot}' already used by panel '${first.panel_id}'`, path)
}

/** Panels: ids, slots, trees, actions, data (IR30, IR40, IR43, IR52 to IR58). */
export function checkPanels(validation: Validation): void {
  const { panels } = validation.document.app
  checkUnique(
    'panel',
    panels.map((panel) => panel.panel_id),
    'app.ui.panels',
    validation,
  )
  for (const [index, panel] of panels.entries()) {
    const path = `app.ui.panels.${index}`
    if (panel.panel_id !== '' && !PANEL_ID.test(panel.panel_id))
      validation.issues.error('IR1', `${path}.panel_id: String should match pattern '${PANEL_ID.source}'`, path)
    checkSlot(panel, index, validation)
    checkTree({ panel, path: `${path}.render.${panel.render.kind}.tree`, validation })
  }
}
