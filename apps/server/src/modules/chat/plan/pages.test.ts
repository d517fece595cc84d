import type { JsonObject } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import type { CallOutcome, CatalogFunction } from '../../kernel/index.ts'
import { joinPages, nextPage, stepData } from './pages.ts'
import type { Plan, PlanStep } from './plan.ts'
import type { CallRecord, Succeeded } from './records.ts'

const stepOf = (...params: string[]): PlanStep => ({
  stepId: 's1',
  function: {
    appId: 'mail',
    name: 'list',
    paramsSchema: { type: 'object', properties: Object.fromEntries(params.map((name) => [name, {}])) },
  } as unknown as CatalogFunction,
  args: {},
  dependsOn: [],
})
const page = (step: PlanStep, itemNo: number, args: JsonObject, data: JsonObject) =>
  ({
    step,
    stepNo: 0,
    itemNo,
    state: 'done',
    callId: `call_${itemNo}`,
    args,
    outcome: { status: 'success', response: { data } } as unknown as CallOutcome,
    reason: null,
    told: false,
  }) satisfies CallRecord as Succeeded
const more = (data: JsonObject, ...params: string[]) => nextPage(page(stepOf(...params), 0, { q: 'x' }, data))

describe('[K2.30] the pages of a list', () => {
  test('the next one is asked for by whatever the function takes: a cursor, a page, an offset', () => {
    const items = [{ id: 'a' }, { id: 'b' }]
    expect(more({ items, has_more: true, cursor: 'c2' }, 'q', 'cursor')).toEqual({ q: 'x', cursor: 'c2' })
    expect(more({ items, has_more: true, next_cursor: 'c2' }, 'q', 'cursor')).toEqual({ q: 'x', cursor: 'c2' })
    expect(more({ items, has_more: true, page: 3 }, 'q', 'page')).toEqual({ q: 'x', page: 4 })
    expect(more({ items, has_more: true }, 'q', 'page')).toEqual({ q: 'x', page: 2 })
    expect(more({ items, has_more: true }, 'q', 'offset')).toEqual({ q: 'x', offset: 2 })
  })

  test('there is none where the list says so, nothing came, or the function takes nothing for it', () => {
    const items = [{ id: 'a' }]
    expect(more({ items, has_more: false, cursor: 'c2' }, 'cursor')).toBeNull()
    expect(more({ items, cursor: 'c2' }, 'cursor')).toBeNull()
    expect(more({ items: [], has_more: true }, 'page')).toBeNull()
    expect(more({ items, has_more: true }, 'q')).toBeNull()
  })

  test('they are one list for later steps; calls for other things are not', () => {
    const step = stepOf('page', 'note_id')
    const plan = { steps: [step] } as unknown as Plan
    const pages = [
      page(step, 0, {}, { items: ['a', 'b'], total: 3, has_more: true }),
      page(step, 1, { page: 2 }, { items: ['c'], total: 3, has_more: false }),
    ]
    expect(stepData(plan, pages)[0]?.data).toEqual({ items: ['a', 'b', 'c'], total: 3, has_more: false })
    const others = [
      page(step, 0, { note_id: 'n1' }, { items: ['a'] }),
      page(step, 1, { note_id: 'n2' }, { items: ['b'] }),
    ]
    expect(joinPages(others)).toBeNull()
    expect(stepData(plan, others)[0]?.data).toEqual({ items: [{ items: ['a'] }, { items: ['b'] }], total: 2 })
  })
})
