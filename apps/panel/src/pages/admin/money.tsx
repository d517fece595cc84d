import { billingInternal } from '@imperal/contract/routes/billing-internal'
import { developerMoney } from '@imperal/contract/routes/developer-money'
import { Badge, Button, EmptyState } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { stateWord } from '../developer/words.ts'
import { failureOf } from '../parts/failure.ts'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row, Section } from '../parts/section.tsx'
import { money } from '../wallet/money.ts'

const payoutsQuery = {
  queryKey: ['admin', 'payouts'],
  queryFn: () => api.send(developerMoney.pendingPayouts, { query: { include_approved: 'true' } }),
}
const paymentsQuery = { queryKey: ['admin', 'payments'], queryFn: () => api.send(billingInternal.pendingPayments) }

/** Decides, and reads again what waits. Whatever was decided elsewhere meanwhile is told as a toast. */
function useDecide(queryKey: readonly string[]) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ run }: { readonly id: string; readonly run: () => Promise<unknown> }) => run(),
    onError: (error) => toasts.show({ message: failureOf(error).message, variant: 'error' }),
    onSettled: () => client.invalidateQueries({ queryKey }),
  })
}

/** Money that waits for a word of the operator: what people pay, and what developers are paid. */
export function Money() {
  return (
    <div className="pg-stack">
      <Section title={t('Payments')} lead={t('People who pay without a card. Say here that the money has arrived.')}>
        <Payments />
      </Section>
      <Section title={t('Payouts')} lead={t('What developers ask for. The platform sends no money itself.')}>
        <Payouts />
      </Section>
    </div>
  )
}

function Payments() {
  const waiting = useQuery(paymentsQuery)
  const decide = useDecide(paymentsQuery.queryKey)
  return (
    <Loaded query={waiting} rows={1}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState icon="Receipt" message={t('Nothing waits')} />
        ) : (
          <ul className="pg-rows" aria-label={t('Payments')}>
            {list.map((payment) => {
              const id = payment.payment_intent_id
              const params = { payment_id: id }
              const amount = money(payment.amount_cents, payment.currency)
              return (
                <Row
                  key={id}
                  title={`${amount} · ${payment.plan ?? counted(payment.tokens, 'credit')}`}
                  detail={
                    <>
                      {payment.email} · {t('asked')} <Moment value={payment.created_at} />
                    </>
                  }
                  actions={
                    <>
                      <Button
                        size="sm"
                        aria-label={t('Reject {name}', { name: `${amount}, ${payment.email}` })}
                        onClick={() =>
                          decide.mutate({
                            id,
                            run: () => api.send(billingInternal.rejectPayment, { params, body: {} }),
                          })
                        }
                      >
                        {t('Reject')}
                      </Button>
                      <Button
                        size="sm"
                        pending={decide.isPending && decide.variables.id === id}
                        aria-label={t('{name} has arrived', { name: `${amount}, ${payment.email}` })}
                        onClick={() =>
                          decide.mutate({
                            id,
                            run: () => api.send(billingInternal.approvePayment, { params, body: {} }),
                          })
                        }
                      >
                        {t('Has arrived')}
                      </Button>
                    </>
                  }
                />
              )
            })}
          </ul>
        )
      }
    </Loaded>
  )
}

function Payouts() {
  const waiting = useQuery(payoutsQuery)
  const decide = useDecide(payoutsQuery.queryKey)
  return (
    <Loaded query={waiting} rows={1}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState icon="Coins" message={t('Nothing waits')} />
        ) : (
          <ul className="pg-rows" aria-label={t('Payouts')}>
            {list.map((payout) => {
              const id = String(payout.id)
              const params = { payout_id: payout.id }
              const { label, tone } = stateWord(payout.status)
              const isAgreed = payout.status === 'approved'
              const next = isAgreed ? developerMoney.payPayout : developerMoney.approvePayout
              const who = payout.nickname ?? payout.developer_email
              return (
                <Row
                  key={id}
                  title={`$${payout.amount_usd} · ${who}`}
                  badge={<Badge tone={tone}>{label}</Badge>}
                  detail={
                    <>
                      {counted(payout.amount_tokens, 'credit')} · {payout.developer_email} · {payout.method} ·{' '}
                      {t('asked')} <Moment value={payout.requested_at} />
                      {payout.notes ? ` · ${payout.notes}` : ''}
                    </>
                  }
                  actions={
                    <>
                      {isAgreed ? null : (
                        <Button
                          size="sm"
                          aria-label={t('Reject {name}', { name: `$${payout.amount_usd}, ${who}` })}
                          onClick={() =>
                            decide.mutate({
                              id,
                              run: () => api.send(developerMoney.rejectPayout, { params, body: {} }),
                            })
                          }
                        >
                          {t('Reject')}
                        </Button>
                      )}
                      <Button
                        size="sm"
                        pending={decide.isPending && decide.variables.id === id}
                        aria-label={
                          isAgreed
                            ? t('{name} is paid', { name: `$${payout.amount_usd}, ${who}` })
                            : t('Agree to {name}', { name: `$${payout.amount_usd}, ${who}` })
                        }
                        onClick={() => decide.mutate({ id, run: () => api.send(next, { params, body: {} }) })}
                      >
                        {isAgreed ? t('Is paid') : t('Agree')}
                      </Button>
                    </>
                  }
                />
              )
            })}
          </ul>
        )
      }
    </Loaded>
  )
}
