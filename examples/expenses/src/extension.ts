import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('expenses', {
  version: '1.0.0',
  displayName: 'Expenses',
  description: 'Notes what you spend, shows each month by category, and warns before a budget is used up.',
  icon: 'icon.svg',
  capabilities: ['expenses:read', 'expenses:write', 'expenses:destructive'],
  configDefaults: { currency: 'EUR' },
})

export const chat = new ChatExtension(ext, {
  toolName: 'expenses',
  description: 'Notes expenses, corrects and deletes them, sums up months, sets budgets and writes reports.',
  systemPrompt: 'Expenses module. Amounts are in the currency of the settings, with two decimals at most.',
})

export const ExpenseAdded = ext.emits('expenses.added')
export const ExpenseChanged = ext.emits('expenses.changed')
export const ExpensesDeleted = ext.emits('expenses.deleted')
export const BudgetSet = ext.emits('expenses.budget_set')
export const ReportWritten = ext.emits('expenses.report_written')
