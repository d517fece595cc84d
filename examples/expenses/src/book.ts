import type { Document, StoreClient, TimeContext } from '@imperal/sdk'
import * as z from 'zod'

export const Category = z.enum(['food', 'home', 'travel', 'fun', 'other'])
export type Category = z.infer<typeof Category>

/** Money is kept in whole cents: sums of decimals drift. */
export const Expense = z.object({
  cents: z.number().int(),
  category: Category,
  what: z.string(),
  day: z.string(),
  month: z.string(),
})
export type ExpenseDocument = Document<z.infer<typeof Expense>>

export const Budget = z.object({ cents: z.number().int() })

export const Month = z.string().regex(/^\d{4}-\d{2}$/)

export const expensesOf = (store: StoreClient) => store.collection('expenses', Expense)
export const budgetsOf = (store: StoreClient) => store.collection('budgets', Budget)

export const today = (time: TimeContext): string => time.nowLocal.slice(0, 10)
export const thisMonth = (time: TimeContext): string => time.nowLocal.slice(0, 7)

export const toCents = (amount: number): number => Math.round(amount * 100)
export const written = (cents: number): string => (cents / 100).toFixed(2)

/** Every expense of a month, the newest day first. */
export async function expensesIn(store: StoreClient, month: string): Promise<ExpenseDocument[]> {
  const found: ExpenseDocument[] = []
  for await (const expense of await expensesOf(store).query({ where: { month }, orderBy: '-day', limit: 200 }))
    found.push(expense)
  return found
}

export const sum = (expenses: readonly ExpenseDocument[]): number =>
  expenses.reduce((total, { data }) => total + data.cents, 0)

export interface Share {
  readonly category: Category
  readonly cents: number
  /** Null without a budget. */
  readonly budget: number | null
}

/** What each category has taken of its budget, those with expenses or a budget only. */
export async function shares(store: StoreClient, expenses: readonly ExpenseDocument[]): Promise<Share[]> {
  const budgets = await Promise.all(Category.options.map((category) => budgetsOf(store).find(category)))
  return Category.options
    .map((category, index) => ({
      category,
      cents: sum(expenses.filter(({ data }) => data.category === category)),
      budget: budgets[index]?.data.cents ?? null,
    }))
    .filter(({ cents, budget }) => cents > 0 || budget !== null)
}

export const ExpenseSummary = z.object({
  expense_id: z.string(),
  amount: z.number(),
  category: Category,
  what: z.string(),
  day: z.string(),
})

export const summaryOf = ({ id, data }: ExpenseDocument): z.infer<typeof ExpenseSummary> => ({
  expense_id: id,
  amount: data.cents / 100,
  category: data.category,
  what: data.what,
  day: data.day,
})
