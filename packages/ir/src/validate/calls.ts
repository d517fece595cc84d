import { callTarget } from '../derive/action-type.ts'
import type { IrFunction } from '../document.ts'
import { hasToken } from '../template/scan.ts'
import type { Validation } from './context.ts'

/** Names of this app's functions that a function calls, in order. */
export const siblings = (fn: IrFunction, appId: string): string[] =>
  fn.steps.flatMap((step) => {
    const target = callTarget(step, appId)
    return target?.appId === appId ? [target.function] : []
  })

/** A way from a function back to itself, as the names along it; null when there is none. */
function cycleFrom(start: string, callees: ReadonlyMap<string, readonly string[]>): string[] | null {
  const seen = new Set<string>()
  const walk = (name: string, way: readonly string[]): string[] | null => {
    for (const callee of callees.get(name) ?? []) {
      if (callee === start) return [...way, callee]
      if (seen.has(callee)) continue
      seen.add(callee)
      const found = walk(callee, [...way, callee])
      if (found !== null) return found
    }
    return null
  }
  return walk(start, [start])
}

function checkTargets({ document, types, issues }: Validation, fn: IrFunction, path: string): void {
  const { app } = document
  for (const [index, step] of fn.steps.entries()) {
    const target = callTarget(step, app.id)
    if (target === null || hasToken(target.function) || hasToken(target.appId)) continue
    const place = `${path}.impl.declarative.steps.${index}`
    const isOwn = target.appId === app.id
    if (isOwn && !app.functions.some((other) => other.name === target.function))
      issues.error('IR49', `step '${step.id}': unknown function '${target.function}'`, place)
    else if (types.ofStep(step) === 'destructive' && fn.action_type !== null && fn.action_type !== 'destructive')
      issues.error('IR49', `step '${step.id}': destructive call from a ${fn.action_type} function`, place)
  }
}

/** Calls lead to functions that exist, never in a circle, and never to more than the caller declares (IR49). */
export function checkCalls(validation: Validation): void {
  const { document, issues } = validation
  const { app } = document
  const callees = new Map(app.functions.map((fn) => [fn.name, siblings(fn, app.id)]))
  const reported = new Set<string>()
  for (const [index, fn] of app.functions.entries()) {
    const path = `app.functions.${index}`
    checkTargets(validation, fn, path)
    const cycle = reported.has(fn.name) ? null : cycleFrom(fn.name, callees)
    if (cycle === null) continue
    for (const name of cycle) reported.add(name)
    issues.error('IR49', `call cycle: ${cycle.join(' -> ')}`, path)
  }
}
