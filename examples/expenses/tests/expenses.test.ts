import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import expenses from '../main.ts'
import { addExpense } from '../src/functions.ts'
import { writeReport } from '../src/report.ts'

const open = () => new TestHarness(expenses, { now: '2026-06-15T10:00:00Z' })

async function data(result: Promise<unknown>): Promise<Record<string, unknown>> {
  const answer = (await result) as { status: string; data: Record<string, unknown>; error?: string }
  expect(answer.status, answer.error).toBe('success')
  return answer.data
}

test('amounts are whole cents: ten times 0.1 is 1', async () => {
  const app = open()
  for (let n = 0; n < 10; n++) await data(app.call('add_expense', { amount: 0.1, what: 'gum' }))
  expect(await data(app.call('list_expenses', {}))).toMatchObject({ total: 1 })
  for (const amount of [0, -1, 0.001]) {
    expect(await app.call('add_expense', { amount, what: 'x' })).toMatchObject({ errorCode: 'VALIDATION_TYPE_ERROR' })
  }
})

test('a month holds its own days, also after a correction', async () => {
  const app = open()
  const { expense_id } = await data(
    app.call('add_expense', { amount: 20, what: 'train', category: 'travel', day: '2026-05-31' }),
  )
  expect(await data(app.call('list_expenses', {}))).toMatchObject({ total: 0 })
  await data(app.call('change_expense', { expense_id, day: '2026-06-01', amount: 25.5 }))
  expect(await data(app.call('list_expenses', { category: 'travel' }))).toMatchObject({ total: 25.5 })
  await data(app.call('delete_expense', { expense_id }))
  expect(await app.call('change_expense', { expense_id })).toMatchObject({ errorCode: 'EXPENSE_NOT_FOUND' })
})

test('the expense that uses a budget up is told once', async () => {
  const app = open()
  await data(app.call('set_budget', { category: 'food', amount: 30 }))
  for (const amount of [20, 10, 5, 5]) await data(app.call('add_expense', { amount, what: 'lunch', category: 'food' }))
  expect(app.mock.notify.sent.map(({ message }) => message)).toEqual(['You have spent 35.00 EUR of 30.00 EUR on food.'])
  await data(app.call('set_budget', { category: 'food', amount: 0 }))
  expect(await data(app.call('list_expenses', {}))).toMatchObject({ categories: [{ category: 'food', budget: null }] })
})

test('the report is a file that a spreadsheet does not execute', async () => {
  const ctx = mockContext({ extension: expenses })
  await addExpense(ctx, { amount: 1, what: '=cmd("x"), and more', day: '2026-01-01' })
  const report = await writeReport(ctx, {})
  if (report.status !== 'success') throw new Error(report.error)
  const text = new TextDecoder().decode(await ctx.storage.download(report.data.path))
  expect(text).toBe('day,category,amount,what\r\n2026-01-01,other,1.00,"\'=cmd(""x""), and more"')
})

test('the panels show the month and open one expense', async () => {
  const app = open()
  const { expense_id } = await data(app.call('add_expense', { amount: 12.5, what: 'Lunch', category: 'food' }))
  expect(JSON.stringify(await app.panel('sidebar'))).toContain('"value":"12.50"')
  expect(JSON.stringify(await app.panel('month'))).toContain('Lunch')
  expect(JSON.stringify(await app.panel('expense', { row: { id: String(expense_id) } }))).toContain('change_expense')
  expect(await app.skeleton('month')).toEqual({ total: 12.5, expenses: 1 })
})
