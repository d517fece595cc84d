import type { IrStep } from '../document.ts'

function successors(steps: readonly IrStep[], places: ReadonlyMap<string, number>, index: number): number[] {
  const step = steps[index]
  if (step === undefined) return []
  const named = step.action === 'conditional' ? [step.then, step.else] : step.next === undefined ? [] : [step.next]
  const targets = named.flatMap((target) => (typeof target === 'string' ? (places.get(target) ?? []) : []))
  const fallsThrough = step.action !== 'conditional' && step.next === undefined && index + 1 < steps.length
  return fallsThrough ? [...targets, index + 1] : targets
}

/** Which steps may run some time after which. */
export interface Reach {
  /** Whether `later` may run after `earlier`; a step follows itself only in a circle. */
  follows(later: number, earlier: number): boolean
  /** Whether any step leads to this one. */
  isTarget(index: number): boolean
}

/** Follows the ways from a step when somebody asks for it first: most are never asked for. */
export function reachOf(steps: readonly IrStep[]): Reach {
  const places = new Map(steps.map((step, index) => [step.id, index]))
  const next = steps.map((_, index) => successors(steps, places, index))
  const targets = new Set(next.flat())
  const known = new Map<number, Uint8Array>()
  const from = (start: number): Uint8Array => {
    const reached = new Uint8Array(steps.length)
    const open = [...(next[start] ?? [])]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached[at] === 1) continue
      reached[at] = 1
      open.push(...(next[at] ?? []))
    }
    known.set(start, reached)
    return reached
  }
  return {
    follows: (later, earlier) => (known.get(earlier) ?? from(earlier))[later] === 1,
    isTarget: (index) => targets.has(index),
  }
}
