import { billing, type PlanResponse, type SubscriptionResponse } from '@imperal/contract'
import { Alert, Badge, Button, ConfirmDialog } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { count } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row } from '../parts/section.tsx'
import { meterName } from '../parts/server-words.ts'
import { goToBank } from './go-to-bank.ts'
import { money } from './money.ts'
import { PaymentFailed } from './payment-failed.tsx'
import { plansQuery, subscriptionQuery } from './queries.ts'

/** The plan that one has, and those that one may change to. */
export function Plans() {
  const plans = useQuery(plansQuery)
  const subscription = useQuery(subscriptionQuery)
  return (
    <Loaded query={subscription} rows={2}>
      {(current) => (
        <div className="pg-stack">
          <Current current={current} />
          <Loaded query={plans}>{(all) => <Choice plans={all} current={current} />}</Loaded>
        </div>
      )}
    </Loaded>
  )
}

/** Forgets what a change of the plan made old. */
function useForgetBilling() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['billing'] })
}

function Current({ current }: { readonly current: SubscriptionResponse }) {
  const forget = useForgetBilling()
  const [asking, setAsking] = useState(false)
  const change = useMutation({
    mutationFn: (route: typeof billing.cancel | typeof billing.resume) => api.send(route, { body: {} }),
    onSuccess: forget,
  })
  const pay = useMutation({
    mutationFn: () => api.send(billing.renew, { body: {} }),
    onSuccess: async ({ action_url, status }) => {
      if (action_url !== undefined) return goToBank(action_url)
      await forget()
      toasts.show({
        message: status === 'active' ? t('The plan goes on') : t('It goes on as soon as the payment has arrived'),
        variant: 'success',
      })
    },
  })
  if (current.status === 'free') return null
  const ends = current.cancel_at_period_end
  const isDue = current.status === 'past_due' || current.status === 'expired'
  return (
    <div className="pg-narrow">
      <Alert
        variant={isDue ? 'warn' : 'info'}
        title={
          current.status === 'expired'
            ? t('The plan {name} has run out', { name: current.plan })
            : t('You have the plan {name}', { name: current.plan })
        }
        action={
          isDue ? (
            <Button size="sm" pending={pay.isPending} onClick={() => pay.mutate()}>
              {t('Pay now')}
            </Button>
          ) : ends ? (
            <Button size="sm" pending={change.isPending} onClick={() => change.mutate(billing.resume)}>
              {t('Keep it')}
            </Button>
          ) : (
            <Button size="sm" pending={change.isPending} onClick={() => setAsking(true)}>
              {t('Cancel the plan…')}
            </Button>
          )
        }
      >
        {current.status === 'past_due' ? `${t('The last payment was declined; it is tried again.')} ` : ''}
        {current.status === 'expired' ? t('It ended') : ends ? t('It ends') : t('It goes on')}{' '}
        <Moment value={current.expires_at} empty="" />
        {current.pending_plan ? ` · ${t('then {name}', { name: current.pending_plan })}` : ''}
      </Alert>
      <FailedAlert failure={change.isError ? failureOf(change.error) : null} />
      <PaymentFailed error={pay.error} />
      <ConfirmDialog
        request={
          asking
            ? {
                title: t('Cancel the plan {name}?', { name: current.plan }),
                message: t('It goes on to the end of its period. Credits that were bought stay.'),
                confirmLabel: t('Cancel the plan'),
                destructive: true,
              }
            : null
        }
        onAnswer={(accepted) => {
          setAsking(false)
          if (accepted) change.mutate(billing.cancel)
        }}
      />
    </div>
  )
}

const CENTS = 100
const limitText = (value: unknown): string =>
  value === -1 ? t('without a limit') : typeof value === 'number' ? count(value) : String(value)

/** What a month costs; a plan that nobody chooses by themselves is agreed on. */
function priceOf(plan: PlanResponse): string {
  if (plan.price > 0) return t('{price} a month', { price: money(Math.round(plan.price * CENTS)) })
  return plan.id === 'free' || plan.features.self_service === true ? t('Free') : t('By agreement')
}

function Choice({
  plans,
  current,
}: {
  readonly plans: readonly PlanResponse[]
  readonly current: SubscriptionResponse
}) {
  const forget = useForgetBilling()
  const [chosen, setChosen] = useState<PlanResponse | null>(null)
  // An expired plan is over: any other begins anew.
  const begins = current.status === 'free' || current.status === 'expired'
  const choose = useMutation({
    mutationFn: async (plan: PlanResponse) => {
      const body = { plan_id: plan.id }
      if (begins) {
        const { status, action_url } = await api.send(billing.subscribe, { body })
        return { isDone: status === 'active', bank: action_url ?? null }
      }
      const { succeeded, action_url } = await api.send(billing.changePlan, { body })
      return { isDone: succeeded, bank: action_url ?? null }
    },
    onSuccess: async ({ isDone, bank }, plan) => {
      if (bank !== null) return goToBank(bank)
      await forget()
      toasts.show({
        message: isDone
          ? t('You have the plan {name}', { name: plan.name })
          : t('{name} begins as soon as the payment has arrived', { name: plan.name }),
        variant: 'success',
      })
    },
  })
  return (
    <>
      <PaymentFailed error={choose.error} />
      <ul className="pg-rows" aria-label={t('Plans')}>
        {plans.map((plan) => (
          <Row
            key={plan.id}
            title={plan.name}
            badge={plan.id === current.plan ? <Badge tone="primary">{t('yours')}</Badge> : null}
            detail={Object.entries(plan.limits)
              .map(([name, value]) => `${meterName(name)}: ${limitText(value)}`)
              .join(' · ')}
            actions={
              <>
                <span className="pg-price">{priceOf(plan)}</span>
                {plan.id === current.plan ? null : plan.features.self_service !== true ? (
                  <span className="pg-note">{t('Your administrator gives it to you')}</span>
                ) : (
                  <Button
                    size="sm"
                    aria-label={t('Choose {name}', { name: plan.name })}
                    pending={choose.isPending && choose.variables.id === plan.id}
                    onClick={() => setChosen(plan)}
                  >
                    {t('Choose…')}
                  </Button>
                )}
              </>
            }
          />
        ))}
      </ul>
      <ConfirmDialog
        request={
          chosen
            ? {
                title: t('Change to the plan {name}?', { name: chosen.name }),
                message: t(
                  'A better plan begins at once, for the price of what is left of the period. A smaller one begins with the next period.',
                ),
                confirmLabel: t('Change to {name}', { name: chosen.name }),
                destructive: false,
              }
            : null
        }
        onAnswer={(accepted) => {
          if (accepted && chosen) choose.mutate(chosen)
          setChosen(null)
        }}
      />
    </>
  )
}
