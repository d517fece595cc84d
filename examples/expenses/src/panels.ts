import { type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { Category, expensesIn, Month, type Share, shares, sum, summaryOf, thisMonth, written } from './book.ts'
import { ext } from './extension.ts'
import { addExpense, changeExpense, deleteExpense, setBudget } from './functions.ts'
import { writeReport } from './report.ts'

const REFRESH = 'on_event:expenses.added,expenses.changed,expenses.deleted,expenses.budget_set'
const categories = Category.options.map((value) => ({ value, label: value[0]?.toUpperCase() + value.slice(1) }))

const share = ({ category, cents, budget }: Share): UINode =>
  ui.Progress(budget === null ? 0 : Math.min(cents, budget), {
    label: `${category} ${written(cents)}${budget === null ? '' : ` of ${written(budget)}`}`,
    max: budget ?? Math.max(cents, 1),
    ...(budget !== null && cents > budget ? { color: 'red' as const } : {}),
  })

const monthPanel = ext.panel(
  'month',
  {
    slot: 'center',
    centerOverlay: true,
    title: 'Month',
    icon: 'CalendarDays',
    refresh: REFRESH,
    params: z.object({ month: Month.optional() }),
  },
  async (ctx, { month = thisMonth(ctx.time) }) => {
    const expenses = await expensesIn(ctx.store, month)
    const parts = await shares(ctx.store, expenses)
    const rows = expenses.map((expense) => {
      const { expense_id, ...row } = summaryOf(expense)
      return { id: expense_id, ...row }
    })
    return ui.Page(
      [
        ui.Stats([ui.Stat('Spent', written(sum(expenses))), ui.Stat('Expenses', expenses.length)]),
        ui.Chart(
          parts.map(({ category, cents }) => ({ name: category, spent: cents / 100 })),
          { type: 'bar', title: 'By category', showDataTable: true },
        ),
        ui.DataTable(
          [
            ui.DataColumn('day', 'Day'),
            ui.DataColumn('what', 'What'),
            ui.DataColumn('category', 'Category'),
            ui.DataColumn('amount', 'Amount', { align: 'right' }),
          ],
          rows,
          { emptyText: 'Nothing was spent.', onRowClick: ui.Call('__panel__expense', { month }) },
        ),
        ui.Button('Report as CSV', {
          icon: 'Download',
          variant: 'secondary',
          onClick: ui.Call(writeReport, { month }),
        }),
      ],
      { title: month },
    )
  },
)

ext.panel(
  'expense',
  {
    slot: 'center',
    centerOverlay: true,
    title: 'Expense',
    icon: 'Receipt',
    params: z.object({ month: Month.optional(), row: z.object({ id: z.string() }).optional() }),
  },
  async (ctx, { month = thisMonth(ctx.time), row }) => {
    const expense = (await expensesIn(ctx.store, month)).find(({ id }) => id === row?.id)
    if (!expense) return ui.Empty('This expense does not exist any more.', { icon: 'Receipt' })
    const { expense_id, amount, what, category, day } = summaryOf(expense)
    const form = ui.Form(
      [
        ui.Input({ label: 'Amount', paramName: 'amount', value: String(amount), type: 'number', required: true }),
        ui.Input({ label: 'What', paramName: 'what', value: what, required: true }),
        ui.Select(categories, { label: 'Category', paramName: 'category', value: category }),
        ui.DatePicker({ label: 'Day', paramName: 'day', value: day }),
      ],
      { action: changeExpense, submitLabel: 'Save', defaults: { expense_id } },
    )
    return ui.Page(
      [
        ui.BackButton(month, { onClick: ui.Call(monthPanel, { month }) }),
        form,
        ui.Button('Delete', { icon: 'Trash2', variant: 'danger', onClick: ui.Call(deleteExpense, { expense_id }) }),
      ],
      { title: what },
    )
  },
)

ext.panel(
  'sidebar',
  { slot: 'left', title: 'Expenses', icon: 'Wallet', refresh: REFRESH, defaultWidth: 320 },
  async (ctx) => {
    const month = thisMonth(ctx.time)
    const expenses = await expensesIn(ctx.store, month)
    const parts = await shares(ctx.store, expenses)
    return ui.Stack([
      ui.Stat(`Spent in ${month}`, written(sum(expenses)), { icon: 'Wallet' }),
      ui.Button('Show the month', { icon: 'CalendarDays', size: 'sm', onClick: ui.Call(monthPanel, { month }) }),
      ...parts.map(share),
      ui.Section(
        [
          ui.Form(
            [
              ui.Input({ label: 'Amount', paramName: 'amount', type: 'number', placeholder: '12.50', required: true }),
              ui.Input({ label: 'What', paramName: 'what', placeholder: 'Lunch', required: true }),
              ui.Select(categories, { label: 'Category', paramName: 'category', value: 'other' }),
            ],
            { action: addExpense, submitLabel: 'Note it', node: { revision: String(expenses.length) } },
          ),
        ],
        { title: 'New expense' },
      ),
      ui.Section(
        [
          ui.Form(
            [
              ui.Select(categories, { label: 'Category', paramName: 'category', value: 'food' }),
              ui.Input({
                label: 'A month',
                paramName: 'amount',
                type: 'number',
                placeholder: '0 for none',
                required: true,
              }),
            ],
            { action: setBudget, submitLabel: 'Set budget' },
          ),
        ],
        { title: 'Budgets' },
      ),
    ])
  },
)
