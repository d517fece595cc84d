import type { JsonObject } from '@imperal/contract'
import { callTarget } from '../derive/action-type.ts'
import type { IrPanel, IrStep } from '../document.ts'
import { readStepList } from '../form/read-steps.ts'
import { hasToken } from '../template/scan.ts'
import type { Validation } from './context.ts'
import { checkSteps, checkUnique } from './functions.ts'
import { checkAliases, checkTemplates, stringsIn } from './templates.ts'
import { checkTree, say, type TreePlace } from './trees.ts'

const DRAWN_SLOTS: ReadonlySet<string> = new Set(['left', 'right', 'center'])
const PANEL_ID = /^[a-z][a-z0-9_-]*$/
const REFRESH = /^(?:manual|on_event:[^,\s]+(?:,[^,\s]+)*|interval:\d{1,6}s)$/

type Place = TreePlace & { readonly panel: IrPanel }

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

function checkPanelTree(place: Place): void {
  const { panel, path, validation } = place
  const { tree, kind } = panel.render
  if (kind === 'static') {
    const hasTokens = [...stringsIn(tree, path)].some(([text]) => hasToken(text))
    const hasDirectives = /"\$(?:if|repeat|data)":/.test(JSON.stringify(tree))
    if (hasTokens || hasDirectives)
      validation.issues.warn('IR56', say(place, 'static tree contains template tokens'), path)
  } else {
    const { $data: _data, ...drawn } = tree
    checkTemplates(drawn, { who: place.who, path }, validation)
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
  checkTree(tree, place, path)
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
    const who = `panel '${panel.panel_id}'`
    checkPanelTree({ who, panel, path: `${path}.render.${panel.render.kind}.tree`, validation })
  }
}
