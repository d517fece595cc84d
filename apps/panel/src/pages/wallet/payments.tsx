import { billing, type PaymentMethod } from '@imperal/contract'
import { Badge, Button, EmptyState, IconButton, Menu, TextAreaField, TextField } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row, Section } from '../parts/section.tsx'
import { paymentWord, purchaseWord } from '../parts/server-words.ts'
import { useForm } from '../parts/use-form.ts'
import { money } from './money.ts'
import { PaymentStanding } from './payment-standing.tsx'
import { cardsQuery, payerQuery, paymentsQuery } from './queries.ts'

const TONES: Readonly<Record<string, 'success' | 'danger'>> = { completed: 'success', failed: 'danger' }

/** What was paid, the cards, and whom invoices are made out to. */
export function Payments() {
  const payments = useQuery(paymentsQuery)
  const payer = useQuery(payerQuery)
  return (
    <div className="pg-stack pg-narrow">
      <Section title={t('Payments')}>
        <Loaded query={payments}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState icon="Receipt" message={t('No payments yet')}>
                {t('Credits and plans that you buy leave a line here.')}
              </EmptyState>
            ) : (
              <ul className="pg-rows" aria-label={t('Payments')}>
                {list.map((payment) => (
                  <Row
                    key={payment.payment_intent_id}
                    title={money(payment.amount_cents, payment.currency)}
                    badge={<Badge tone={TONES[payment.status] ?? 'neutral'}>{paymentWord(payment.status)}</Badge>}
                    detail={
                      <>
                        {payment.tokens > 0 ? `${counted(payment.tokens, 'credit')} · ` : ''}
                        {purchaseWord(payment.type)} · <Moment value={payment.created_at} />
                      </>
                    }
                    actions={
                      payment.receipt_url ? (
                        <a className="im-link" href={payment.receipt_url} target="_blank" rel="noopener noreferrer">
                          {t('Receipt')}
                        </a>
                      ) : null
                    }
                  >
                    <PaymentStanding payment={payment} />
                  </Row>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Section>
      <Cards />
      <Section title={t('Invoices are made out to')}>
        <Loaded query={payer}>{(profile) => <PayerForm profile={profile} />}</Loaded>
      </Section>
    </div>
  )
}

function Cards() {
  const cards = useQuery(cardsQuery)
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: async ({ card, how }: { readonly card: PaymentMethod; readonly how: 'default' | 'remove' }) => {
      const params = { pm_id: card.id }
      if (how === 'remove') await api.send(billing.removePaymentMethod, { params })
      else await api.send(billing.defaultPaymentMethod, { params, body: {} })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: cardsQuery.queryKey }),
    onError: (error) => toasts.show({ message: failureOf(error).message, variant: 'error' }),
  })
  const portal = useMutation({
    mutationFn: () => api.send(billing.portal, { body: {} }),
    onSuccess: ({ url }) => window.location.assign(url),
  })
  return (
    <Section
      title={t('Cards')}
      lead={t('Cards are kept by the payment provider, on whose own page you add one.')}
      actions={
        <Button size="sm" pending={portal.isPending} onClick={() => portal.mutate()}>
          {t('Manage cards')}
        </Button>
      }
    >
      <FailedAlert failure={portal.isError ? failureOf(portal.error) : null} />
      <Loaded query={cards} rows={1}>
        {(list) =>
          list.length === 0 ? (
            <p className="pg-help">{t('No card is stored.')}</p>
          ) : (
            <ul className="pg-rows" aria-label={t('Cards')}>
              {list.map((card) => (
                <Row
                  key={card.id}
                  title={`${card.brand} •••• ${card.last4}`}
                  badge={card.is_default ? <Badge tone="primary">{t('in use')}</Badge> : null}
                  detail={t('until {month}/{year}', { month: card.exp_month, year: card.exp_year })}
                  actions={
                    <Menu
                      items={[
                        {
                          key: 'default',
                          label: t('Pay with this one'),
                          icon: 'Check',
                          disabled: card.is_default,
                          onSelect: () => change.mutate({ card, how: 'default' }),
                        },
                        {
                          key: 'remove',
                          label: t('Forget the card'),
                          icon: 'Trash2',
                          danger: true,
                          onSelect: () => change.mutate({ card, how: 'remove' }),
                        },
                      ]}
                    >
                      <IconButton icon="Ellipsis" label={t('Actions for {name}', { name: card.last4 })} />
                    </Menu>
                  }
                />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}

type Profile = Awaited<ReturnType<NonNullable<typeof payerQuery.queryFn>>>

function PayerForm({ profile }: { readonly profile: Profile }) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(false)
  const form = useForm({
    initial: {
      name: profile.name,
      company: profile.company,
      vat: profile.vat,
      country: profile.country,
      address: profile.address,
    },
    send: async (values) => {
      const next = await api.send(billing.updateProfile, { body: { ...values, country: values.country.toUpperCase() } })
      client.setQueryData(payerQuery.queryKey, next)
      form.reset({
        name: next.name,
        company: next.company,
        vat: next.vat,
        country: next.country,
        address: next.address,
      })
      setSaved(true)
    },
  })
  return (
    <form {...form.form} className="pg-form">
      <div className="pg-pair">
        <TextField {...form.text('name')} label={t('Name')} autoComplete="name" maxLength={200} />
        <TextField {...form.text('company')} label={t('Company')} autoComplete="organization" maxLength={200} />
      </div>
      <TextAreaField
        {...form.text('address')}
        label={t('Address')}
        autoComplete="street-address"
        rows={3}
        maxLength={500}
      />
      <div className="pg-pair">
        <TextField
          {...form.text('country')}
          label={t('Country')}
          description={t('Two letters, such as DE.')}
          autoComplete="country"
          maxLength={2}
        />
        <TextField
          {...form.text('vat')}
          label={t('VAT number')}
          description={t('Begins with the country.')}
          autoComplete="off"
          maxLength={20}
        />
      </div>
      <FailedAlert failure={form.failure} />
      <div>
        <Button type="submit" pending={form.pending} pendingLabel={t('Saving')} disabled={!form.changed}>
          {saved && !form.changed ? t('Saved') : t('Save')}
        </Button>
      </div>
    </form>
  )
}
