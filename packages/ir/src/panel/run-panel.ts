import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrPanel } from '../document.ts'
import { readStepList } from '../form/read-steps.ts'
import { RunError } from '../run/run-error.ts'
import { runFlow } from '../run/run-flow.ts'
import type { RunState } from '../run/run-state.ts'
import { resolveTree } from './resolve-tree.ts'
import { sandboxedTree } from './sandbox.ts'

const failed = (panelId: string, params: JsonObject): JsonObject => ({
  type: 'Error',
  props: {
    message: 'The data of this panel could not be read.',
    retry: { action: 'call', function: `__panel__${panelId}`, params },
  },
})

/** Draws a panel: a static tree as it is, a template after its data steps ran (ir 8.4). A failing data step is shown, not thrown. */
export async function runPanel(state: RunState, panel: IrPanel, params: JsonObject): Promise<JsonValue> {
  if (panel.render.kind === 'static') return sandboxedTree(panel.render.tree)
  const { tree } = panel.render
  try {
    const data = await runFlow(state, readStepList(tree.$data), params, resolveTree)
    return resolveTree(tree, {
      event: params,
      steps: data.steps,
      prev: data.prev,
      ctx: state.ctx,
      aliases: new Map(),
      work: state.work,
    })
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    return failed(panel.panel_id, params)
  }
}
