import { test } from 'vitest'
import type { Bench } from './bench.ts'

/** What is shown of each of the methods that authors use most. */
export const ASPECTS = ['success', 'bad input', 'limit', 'unavailability'] as const
export type Aspect = (typeof ASPECTS)[number]

/** They, as authors write them. `skeleton` is `ctx.skeleton.get`, which is read only. */
export const METHODS = [
  'store.query',
  'store.create',
  'store.get',
  'store.update',
  'store.delete',
  'store.count',
  'http.get',
  'http.post',
  'http.put',
  'http.patch',
  'http.delete',
  'secrets.get',
  'secrets.set',
  'secrets.delete',
  'ai.complete',
  'extensions.call',
  'extensions.emit',
  'cache.get',
  'cache.set',
  'cache.getOrFetch',
  'notify',
  'progress',
  'backgroundTask',
  'deliverChatMessage',
  'webhookUrl',
  'skeleton',
] as const
export type Method = (typeof METHODS)[number]

export interface Suite {
  /** The one that was opened before the tests. */
  readonly bench: Bench
  /** A test that fills a cell of the table. Several methods may share one. */
  cell(methods: Method | readonly Method[], aspect: Aspect, title: string, work: () => Promise<unknown>): void
}

const nameOf = (method: Method, aspect: Aspect): string => `${method}: ${aspect}`

/** Registers tests and remembers which cells of methods × aspects they fill. */
export function fillCells(): { cell: Suite['cell']; missing(): string[] } {
  const filled = new Set<string>()
  return {
    cell(methods, aspect, title, work) {
      const all = typeof methods === 'string' ? [methods] : methods
      for (const method of all) filled.add(nameOf(method, aspect))
      test(`[${all.join(', ')}: ${aspect}] ${title}`, async () => {
        await work()
      })
    },
    missing: () =>
      METHODS.flatMap((method) => ASPECTS.map((aspect) => nameOf(method, aspect))).filter((name) => !filled.has(name)),
  }
}
