import type { IrStep } from '../document.ts'

function successors(steps: readonly IrStep[], places: ReadonlyMap<string, number>, index: number): number[] {
  const step = steps[index]
  if (step === undefined) return []
  const named = step.action === 'conditional' ? [step.then, step.else] : step.next === undefined ? [] : [step.next]
  const targets = named.flatMap((target) => (typeof target === 'string' ? (places.get(target) ?? []) : []))
  const fallsThrough = step.action !== 'conditional' && step.next === undefined && index + 1 < steps.length
  return fallsThrough ? [...targets, index + 1] : targets
}

/** For each step the steps that may run some time after it. */
export function laterSteps(steps: readonly IrStep[]): readonly ReadonlySet<number>[] {
  const places = new Map(steps.map((step, index) => [step.id, index]))
  const next = steps.map((_, index) => successors(steps, places, index))
  return steps.map((_, index) => {
    const reached = new Set<number>()
    const open = [...(next[index] ?? [])]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached.has(at)) continue
      reached.add(at)
      open.push(...(next[at] ?? []))
    }
    return reached
  })
}
