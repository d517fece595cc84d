import { moment, number, text, whole } from '../fields.ts'

// Amounts, prices and what is owed. Amounts are whole units of the smallest coin.

export const Monetary = {
  amount: whole('money.amount'),
  currency: text('money.currency'),
}
export const Priced = {
  price: whole('money.price'),
  currency: text('money.currency'),
  tax: whole('money.tax'),
  price_text: text('money.price_text'),
  price_per: text('money.price_per'),
}
export const Discountable = {
  discount: whole('money.discount'),
  discount_percent: number('money.discount_percent'),
  original_price: whole('money.original_price'),
}
export const Subscribable = {
  plan: text('money.plan'),
  billing_interval: text('money.billing_interval'),
  renews_at: moment('money.renews_at'),
  trial_ends_at: moment('money.trial_ends_at'),
  cancelled_at: moment('money.cancelled_at'),
  subscription_status: text('money.subscription_status'),
  seats: whole('money.seats'),
  subscription_id: text('money.subscription_id'),
}
export const Balanced = {
  balance: whole('money.balance'),
  currency: text('money.currency'),
  available: whole('money.available'),
  pending: whole('money.pending'),
  credit_limit: whole('money.credit_limit'),
}
export const Invoiced = {
  invoice_number: text('money.invoice_number'),
  invoice_status: text('money.invoice_status'),
  issued_at: moment('money.issued_at'),
  due_at: moment('money.due_at'),
  paid_at: moment('money.paid_at'),
  total: whole('money.total'),
}
