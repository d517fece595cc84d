import { readStepList } from '../form/read-steps.ts'
import { IR_LIMITS } from '../limits.ts'
import type { StepList, Validation } from './context.ts'

function stepLists({ document }: Validation): Pick<StepList, 'name' | 'path' | 'steps'>[] {
  const { functions, panels, skeleton } = document.app
  return [
    ...functions.map((fn, index) => ({
      ...{ name: fn.name, path: `app.functions.${index}.impl.declarative.steps`, steps: fn.steps },
    })),
    ...panels.map(({ panel_id, render }, index) => ({
      name: panel_id,
      path: `app.ui.panels.${index}.render.${render.kind}.tree.$data`,
      steps: render.kind === 'template' ? readStepList(render.tree.$data) : [],
    })),
    ...skeleton.map(({ section, producer }, index) => ({
      ...{ name: section, path: `app.skeleton.${index}.producer.declarative.steps`, steps: producer },
    })),
  ]
}

/**
 * How many functions, panels, sections and steps there are (IR60). The other checks compare them with each other, so a
 * document with more than the limits is not looked at any further. False: it has more.
 */
export function checkCounts(validation: Validation): boolean {
  const { functions, panels, skeleton } = validation.document.app
  let fits = true
  const check = (what: string, found: number, most: number, path: string) => {
    if (found <= most) return
    fits = false
    validation.issues.error('IR60', `${what} exceeds the limit of ${most}`, path)
  }
  check('functions', functions.length, IR_LIMITS.functions, 'app.functions')
  check('panels', panels.length, IR_LIMITS.panels, 'app.ui.panels')
  check('skeleton', skeleton.length, IR_LIMITS.sections, 'app.skeleton')
  for (const { name, path, steps } of stepLists(validation))
    check(`steps of '${name}'`, steps.length, IR_LIMITS.stepsPerFunction, path)
  return fits
}
