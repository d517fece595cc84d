import { ActionResult, HealthStatus } from '@imperal/sdk'
import * as z from 'zod'
import { type ExpenseDocument, expensesIn, expensesOf, Month, sum, thisMonth, written } from './book.ts'
import { chat, ext, ReportWritten } from './extension.ts'

/** A cell that a spreadsheet reads as text, whatever it begins with. */
const cell = (text: string): string => `"${text.replace(/^[=+@-]/, "'$&").replaceAll('"', '""')}"`

const csv = (expenses: readonly ExpenseDocument[]): string =>
  [
    'day,category,amount,what',
    ...expenses.map(({ data }) => [data.day, data.category, written(data.cents), cell(data.what)].join(',')),
  ].join('\r\n')

export const writeReport = chat.function(
  'write_report',
  {
    description: 'Write the expenses of a month as a CSV file and answer where it can be downloaded.',
    actionType: 'write',
    effects: ['create:report'],
    event: ReportWritten,
    params: z.object({ month: Month.optional().describe('Month as YYYY-MM; this one when left out.') }),
    returns: z.object({ path: z.string(), url: z.string(), expenses: z.number().int() }),
  },
  async (ctx, { month = thisMonth(ctx.time) }) => {
    const expenses = await expensesIn(ctx.store, month)
    const file = await ctx.storage.upload(`reports/${month}.csv`, csv(expenses), { contentType: 'text/csv' })
    const words = `The report of ${month} has ${expenses.length} expenses: [download](${file.url}).`
    return ActionResult.success({ path: file.path, url: file.url, expenses: expenses.length }, words)
  },
)

ext.skeleton(
  'month',
  { ttl: 600, description: 'What this month has cost so far, and how many expenses that are' },
  async (ctx) => {
    const expenses = await expensesIn(ctx.store, thisMonth(ctx.time))
    return { response: { total: sum(expenses) / 100, expenses: expenses.length } }
  },
)

ext.onInstall((ctx) => ctx.notify('Say “12.50 for lunch” in the chat, or use the form.', { subject: 'Expenses' }))
ext.healthCheck(async (ctx) => {
  await expensesOf(ctx.store).count()
  return HealthStatus.ok()
})
