import { billing } from '@imperal/contract'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '../../data/api.ts'

export const MOVEMENTS_PER_PAGE = 50

export const walletQuery = queryOptions({
  queryKey: ['billing', 'wallet'],
  queryFn: () => api.send(billing.wallet),
  staleTime: 0,
})
/** One more than a page holds, so that one knows whether there is a next page. */
export const movementsQuery = (page: number) =>
  queryOptions({
    queryKey: ['billing', 'movements', page],
    queryFn: () =>
      api.send(billing.walletHistory, {
        query: { limit: MOVEMENTS_PER_PAGE + 1, offset: (page - 1) * MOVEMENTS_PER_PAGE },
      }),
    placeholderData: (before) => before,
    staleTime: 0,
  })
export const usageQuery = queryOptions({
  queryKey: ['billing', 'usage'],
  queryFn: () => api.send(billing.usage),
  staleTime: 0,
})
export const plansQuery = queryOptions({ queryKey: ['billing', 'plans'], queryFn: () => api.send(billing.plans) })
/** How a plan is called; its id until that is known. */
export function usePlanName(): (id: string) => string {
  const { data } = useQuery(plansQuery)
  return (id) => data?.find((plan) => plan.id === id)?.name ?? id
}
export const autoTopupQuery = queryOptions({
  queryKey: ['billing', 'auto-topup'],
  queryFn: () => api.send(billing.autoTopup),
})
export const subscriptionQuery = queryOptions({
  queryKey: ['billing', 'subscription'],
  queryFn: () => api.send(billing.subscription),
})
export const tiersQuery = queryOptions({
  queryKey: ['billing', 'tiers'],
  queryFn: () => api.send(billing.topupConfig),
})
export const paymentsQuery = queryOptions({
  queryKey: ['billing', 'payments'],
  queryFn: () => api.send(billing.payments, { query: { limit: 50 } }),
  staleTime: 0,
})
/** How one open payment stands at its provider. Asking is what takes note of it, so it is no part of the list. */
export const standingQuery = (id: string) =>
  queryOptions({
    queryKey: ['payment-standing', id],
    queryFn: () => api.send(billing.checkPayment, { params: { payment_id: id }, body: {} }),
    staleTime: 0,
  })
export const cardsQuery = queryOptions({
  queryKey: ['billing', 'cards'],
  queryFn: () => api.send(billing.paymentMethods),
})
export const payerQuery = queryOptions({ queryKey: ['billing', 'profile'], queryFn: () => api.send(billing.profile) })
