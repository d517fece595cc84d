import { developerMoney } from '@imperal/contract/routes/developer-money'
import { Badge, Button, EmptyState, TextField } from '@imperal/ui-kit'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { announce } from '../../data/announce.ts'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { count, counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row, Section } from '../parts/section.tsx'
import { useForm } from '../parts/use-form.ts'
import { FirstTier } from './first-tier.tsx'
import { earningsQuery, payoutsQuery, profileQuery } from './queries.ts'
import { stateWord } from './words.ts'

/** What all apps earned, and asking for it to be paid. */
export function Earnings() {
  const earnings = useQuery(earningsQuery)
  const payouts = useQuery(payoutsQuery)
  const tier = useQuery(profileQuery).data
  return (
    <div className="pg-stack">
      <Loaded query={earnings} rows={2}>
        {(sum) => (
          <>
            <dl className="pg-strip">
              <Figure name={t('Earned')} value={count(sum.total_earnings)} />
              <Figure name={t('Can be paid')} value={count(sum.payable)} />
              <Figure name={t('Asked for')} value={count(sum.pending_payout)} />
              <Figure name={t('Paid out')} value={count(sum.paid_out)} />
              {sum.of_given_credits > 0 ? (
                <Figure name={t('Of given credits')} value={count(sum.of_given_credits)} />
              ) : null}
              {sum.disputed > 0 ? <Figure name={t('Payment disputed')} value={count(sum.disputed)} /> : null}
              {tier ? <Figure name={t('Your part')} value={`${tier.revenue_split_dev} %`} /> : null}
            </dl>
            <Section
              title={t('Ask for a payout')}
              lead={t('{n} credits at the least; 1,000 credits are one dollar.', { n: count(sum.payout_min_tokens) })}
            >
              {sum.of_given_credits > 0 ? (
                <p className="pg-help">
                  {t('Credits that were given to people earn as well, but only what was paid for is paid out.')}
                </p>
              ) : null}
              {tier?.tier === 'explorer' ? (
                <FirstTier />
              ) : (
                <PayoutForm payable={sum.payable} least={sum.payout_min_tokens} />
              )}
            </Section>
          </>
        )}
      </Loaded>
      <Section title={t('Payouts')}>
        <Loaded query={payouts} rows={2}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState icon="Coins" message={t('Nothing was paid out yet')}>
                {t('What you ask for stands here, and whether it was paid.')}
              </EmptyState>
            ) : (
              <ul className="pg-rows" aria-label={t('Payouts')}>
                {list.map((payout) => {
                  const { label, tone } = stateWord(payout.status)
                  return (
                    <Row
                      key={payout.id}
                      title={counted(payout.amount_tokens, 'credit')}
                      badge={<Badge tone={tone}>{label}</Badge>}
                      detail={
                        <>
                          ${payout.amount_usd} · {t('asked')} <Moment value={payout.requested_at} />
                          {payout.admin_note ? ` · ${payout.admin_note}` : ''}
                        </>
                      }
                    />
                  )
                })}
              </ul>
            )
          }
        </Loaded>
      </Section>
    </div>
  )
}

export function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function PayoutForm({ payable, least }: { readonly payable: number; readonly least: number }) {
  const client = useQueryClient()
  const form = useForm({
    initial: { amount_tokens: payable >= least ? String(payable) : '' },
    check: ({ amount_tokens }) => {
      const amount = Number(amount_tokens)
      const isAmount = Number.isInteger(amount) && amount >= least
      return { amount_tokens: isAmount ? undefined : t('{n} credits at the least.', { n: count(least) }) }
    },
    blame: () => 'amount_tokens',
    send: async ({ amount_tokens }) => {
      await api.send(developerMoney.requestPayout, { body: { amount_tokens: Number(amount_tokens) } })
      form.reset({ amount_tokens: '' })
      await client.invalidateQueries({ queryKey: ['developer'] })
      announce(t('The payout is asked for'))
    },
  })
  return (
    <form {...form.form} className="pg-form pg-inline">
      <TextField {...form.text('amount_tokens')} label={t('Credits')} inputMode="numeric" autoComplete="off" />
      <Button type="submit" pending={form.pending} pendingLabel={t('Sending')} disabled={payable < least}>
        {t('Ask for it')}
      </Button>
      <FailedAlert failure={form.failure} />
    </form>
  )
}
