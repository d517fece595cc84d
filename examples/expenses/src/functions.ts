import { ActionResult, type FunctionContext } from '@imperal/sdk'
import * as z from 'zod'
import {
  budgetsOf,
  Category,
  type ExpenseDocument,
  ExpenseSummary,
  expensesIn,
  expensesOf,
  Month,
  shares,
  sum,
  summaryOf,
  thisMonth,
  toCents,
  today,
  written,
} from './book.ts'
import { BudgetSet, chat, ExpenseAdded, ExpenseChanged, ExpensesDeleted, ext } from './extension.ts'

const Amount = z.number().positive().max(1_000_000).multipleOf(0.01).describe('Amount, for example 12.50.')
const What = z.string().trim().min(1).max(200).describe('What the money was spent on.')
const Day = z.iso.date().describe('Day as YYYY-MM-DD; today when left out.')
const ExpenseId = z.string().min(1).describe('Id from list_expenses.')

const gone = () => ActionResult.error('This expense does not exist any more.', { code: 'EXPENSE_NOT_FOUND' })
const money = (ctx: FunctionContext, cents: number) => `${written(cents)} ${ctx.config.get('currency', 'EUR')}`

/** Tells once that a budget is used up: with the expense that does it. */
async function warn(ctx: FunctionContext, { data }: ExpenseDocument): Promise<void> {
  const budget = await budgetsOf(ctx.store).find(data.category)
  if (!budget) return
  const spent = sum((await expensesIn(ctx.store, data.month)).filter((one) => one.data.category === data.category))
  if (spent <= budget.data.cents || spent - data.cents > budget.data.cents) return
  await ctx.notify(`You have spent ${money(ctx, spent)} of ${money(ctx, budget.data.cents)} on ${data.category}.`, {
    subject: 'Budget used up',
    priority: 'high',
    link: '/ext/expenses',
  })
}

export const addExpense = chat.function(
  'add_expense',
  {
    description: 'Note an expense with its amount, what it was for, its category and the day.',
    actionType: 'write',
    effects: ['create:expense'],
    event: ExpenseAdded,
    params: z.object({ amount: Amount, what: What, category: Category.default('other'), day: Day.optional() }),
    returns: ExpenseSummary,
  },
  async (ctx, { amount, what, category, day = today(ctx.time) }) => {
    const fields = { cents: toCents(amount), what, category, day, month: day.slice(0, 7) }
    const expense = await expensesOf(ctx.store).create(fields)
    await warn(ctx, expense)
    return ActionResult.success(summaryOf(expense), `${money(ctx, fields.cents)} for ${what}.`)
  },
)

export const changeExpense = chat.function(
  'change_expense',
  {
    description: 'Correct the amount, the purpose, the category or the day of one expense; what is left out stays.',
    actionType: 'write',
    effects: ['update:expense'],
    event: ExpenseChanged,
    params: z.object({
      expense_id: ExpenseId,
      amount: Amount.optional(),
      what: What.optional(),
      category: Category.optional(),
      day: Day.optional(),
    }),
    returns: ExpenseSummary,
  },
  async (ctx, { expense_id, amount, what, category, day }) => {
    if (!(await expensesOf(ctx.store).find(expense_id))) return gone()
    const expense = await expensesOf(ctx.store).update(expense_id, {
      ...(amount === undefined ? {} : { cents: toCents(amount) }),
      ...(what === undefined ? {} : { what }),
      ...(category === undefined ? {} : { category }),
      ...(day === undefined ? {} : { day, month: day.slice(0, 7) }),
    })
    return ActionResult.success(
      summaryOf(expense),
      `Corrected: ${money(ctx, expense.data.cents)} for ${expense.data.what}.`,
    )
  },
)

export const listExpenses = chat.function(
  'list_expenses',
  {
    description: 'List the expenses of a month, this one unless told otherwise, with the sum of each category.',
    params: z.object({ month: Month.optional().describe('Month as YYYY-MM.'), category: Category.optional() }),
    returns: z.object({
      expenses: z.array(ExpenseSummary),
      total: z.number(),
      categories: z.array(z.object({ category: Category, amount: z.number(), budget: z.number().nullable() })),
    }),
  },
  async (ctx, { month = thisMonth(ctx.time), category }) => {
    const all = await expensesIn(ctx.store, month)
    const found = category === undefined ? all : all.filter(({ data }) => data.category === category)
    const categories = (await shares(ctx.store, found)).map(({ category, cents, budget }) => {
      return { category, amount: cents / 100, budget: budget === null ? null : budget / 100 }
    })
    const data = { expenses: found.slice(0, 100).map(summaryOf), total: sum(found) / 100, categories }
    return ActionResult.success(data, `${money(ctx, sum(found))} in ${month}.`, { refreshPanels: [] })
  },
)

export const setBudget = chat.function(
  'set_budget',
  {
    description: 'Set how much may be spent on one category in a month; zero takes the budget away.',
    actionType: 'write',
    effects: ['update:budget'],
    event: BudgetSet,
    params: z.object({ category: Category, amount: z.number().min(0).max(1_000_000) }),
    returns: z.object({ category: Category, amount: z.number() }),
  },
  async (ctx, { category, amount }) => {
    if (amount === 0) await budgetsOf(ctx.store).delete(category)
    else await budgetsOf(ctx.store).set(category, { cents: toCents(amount) })
    const words =
      amount === 0 ? `No budget for ${category} any more.` : `${money(ctx, toCents(amount))} a month for ${category}.`
    return ActionResult.success({ category, amount }, words)
  },
)

export const deleteExpense = chat.function(
  'delete_expense',
  {
    description: 'Delete one expense for good.',
    actionType: 'destructive',
    effects: ['delete:expense'],
    event: ExpensesDeleted,
    idProjection: 'expense_id',
    params: z.object({ expense_id: ExpenseId }),
    returns: z.object({ expense_id: z.string() }),
  },
  async (ctx, { expense_id }) => {
    const expense = await expensesOf(ctx.store).find(expense_id)
    if (!expense) return gone()
    await expensesOf(ctx.store).delete(expense_id)
    return ActionResult.success({ expense_id }, `Deleted ${money(ctx, expense.data.cents)} for ${expense.data.what}.`)
  },
)

// For other apps: what a month has cost so far.
ext.expose('month_total', { actionType: 'read', params: z.object({ month: Month }) }, async (ctx, { month }) => ({
  total: sum(await expensesIn(ctx.store, month)) / 100,
}))
