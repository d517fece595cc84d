import { type AutoTopUpSettings, billing, type PaymentMethod } from '@imperal/contract'
import { Button, SelectField, SwitchField } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { Section } from '../parts/section.tsx'
import { money } from './money.ts'
import { autoTopupQuery, cardsQuery } from './queries.ts'

/** Percent of the full wallet below which credits are bought. */
const THRESHOLDS = [5, 10, 20, 30, 50]

interface Tier {
  readonly tokens: number
  readonly price_cents: number
}

/** Credits that are bought by themselves, with the card that is stored. */
export function AutoTopup({ tiers }: { readonly tiers: readonly Tier[] }) {
  const settings = useQuery(autoTopupQuery)
  const cards = useQuery(cardsQuery)
  return (
    <Section title={t('Automatic top-up')} lead={t('Credits are bought by themselves when few are left.')}>
      <Loaded query={cards} rows={1}>
        {(list) =>
          list.length === 0 ? (
            <p className="pg-help">
              {t('Needs a stored card.')} <PageLink href="/wallet/payments">{t('Cards')}</PageLink>
            </p>
          ) : (
            <Loaded query={settings} rows={2}>
              {(now) => <TopupForm settings={now} cards={list} tiers={tiers} />}
            </Loaded>
          )
        }
      </Loaded>
    </Section>
  )
}

interface TopupFormProps {
  readonly settings: AutoTopUpSettings
  readonly cards: readonly PaymentMethod[]
  readonly tiers: readonly Tier[]
}

function TopupForm({ settings, cards, tiers }: TopupFormProps) {
  const client = useQueryClient()
  const [enabled, setEnabled] = useState(settings.enabled)
  const isSold = tiers.some((tier) => tier.tokens === settings.recharge_tokens)
  const [tokens, setTokens] = useState(isSold ? settings.recharge_tokens : (tiers[0]?.tokens ?? 0))
  const [percent, setPercent] = useState(settings.threshold_pct)
  const [card, setCard] = useState(settings.payment_method_id || (cards.find((one) => one.is_default) ?? cards[0])?.id)
  const save = useMutation({
    mutationFn: () =>
      api.send(billing.updateAutoTopup, {
        body: { enabled, threshold_pct: percent, recharge_tokens: tokens, payment_method_id: card ?? '' },
      }),
    onSuccess: (next) => {
      client.setQueryData(autoTopupQuery.queryKey, next)
      toasts.show({
        message: next.enabled ? t('Credits are bought by themselves') : t('Nothing is bought by itself'),
        variant: 'success',
      })
    },
  })
  const amounts = tiers.map((tier) => ({
    value: String(tier.tokens),
    label: t('{credits} for {price}', { credits: counted(tier.tokens, 'credit'), price: money(tier.price_cents) }),
  }))
  const percents = [...new Set([...THRESHOLDS, percent])].sort((a, b) => a - b)
  return (
    <form
      className="pg-form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <SwitchField label={t('Buy credits when few are left')} checked={enabled} onChecked={setEnabled} />
      {enabled ? (
        <>
          <SelectField
            label={t('Amount')}
            options={amounts}
            value={String(tokens)}
            onValue={(value) => setTokens(Number(value))}
          />
          <SelectField
            label={t('When less is left than')}
            options={percents.map((value) => ({
              value: String(value),
              label: t('{percent} % of the full wallet', { percent: value }),
            }))}
            value={String(percent)}
            onValue={(value) => setPercent(Number(value))}
          />
          <SelectField
            label={t('Card')}
            options={cards.map(({ id, brand, last4 }) => ({ value: id, label: `${brand} •••• ${last4}` }))}
            value={card ?? ''}
            onValue={setCard}
          />
        </>
      ) : null}
      <FailedAlert failure={save.isError ? failureOf(save.error) : null} />
      <div>
        <Button type="submit" pending={save.isPending} pendingLabel={t('Saving')}>
          {t('Save')}
        </Button>
      </div>
    </form>
  )
}
