import { billing } from '@imperal/contract'
import { Button, ConfirmDialog, EmptyState } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { count, counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Row } from '../parts/section.tsx'
import { AutoTopup } from './auto-topup.tsx'
import { goToBank } from './go-to-bank.ts'
import { money } from './money.ts'
import { PaymentFailed } from './payment-failed.tsx'
import { tiersQuery } from './queries.ts'

/** A label that is only the number again. */
const SAYS_NO_MORE = /^[\d\s.,]*(?:credits?)?$/i

interface Tier {
  readonly tokens: number
  readonly price_cents: number
  readonly label: string
  readonly bonus_tokens: number
}

/** Amounts of credits that are sold, paid with the card that is stored, or at the operator's. */
export function Credits() {
  const config = useQuery(tiersQuery)
  return (
    <Loaded query={config}>
      {({ tiers }) =>
        tiers.length === 0 ? (
          <EmptyState icon="Wallet" message={t('This installation sells no credits')}>
            {t('Ask whoever runs it when yours are used up.')}
          </EmptyState>
        ) : (
          <Tiers tiers={tiers} />
        )
      }
    </Loaded>
  )
}

function Tiers({ tiers }: { readonly tiers: readonly Tier[] }) {
  const client = useQueryClient()
  const [chosen, setChosen] = useState<Tier | null>(null)
  const buy = useMutation({
    mutationFn: (tier: Tier) =>
      api.send(billing.topup, { body: { tokens: tier.tokens, price_cents: tier.price_cents, off_session: true } }),
    onSuccess: async ({ succeeded, action_url }, tier) => {
      if (action_url !== undefined) return goToBank(action_url)
      await client.invalidateQueries({ queryKey: ['billing'] })
      const n = count(tier.tokens + tier.bonus_tokens)
      toasts.show({
        message: succeeded
          ? t('{n} credits are yours', { n })
          : t('{n} credits are yours as soon as the payment has arrived', { n }),
        variant: 'success',
      })
    },
  })
  return (
    <div className="pg-stack pg-narrow">
      <PaymentFailed error={buy.error} />
      <ul className="pg-rows" aria-label={t('Buy credits')}>
        {tiers.map((tier) => (
          <Row
            key={`${tier.tokens}/${tier.price_cents}`}
            title={counted(tier.tokens, 'credit')}
            detail={
              tier.bonus_tokens > 0
                ? t('and {n} more as a gift', { n: count(tier.bonus_tokens) })
                : SAYS_NO_MORE.test(tier.label)
                  ? null
                  : tier.label
            }
            actions={
              <Button
                size="sm"
                aria-label={t('Buy {n} credits for {price}', { n: count(tier.tokens), price: money(tier.price_cents) })}
                pending={buy.isPending && buy.variables === tier}
                onClick={() => setChosen(tier)}
              >
                {money(tier.price_cents)}
              </Button>
            }
          />
        ))}
      </ul>
      <AutoTopup tiers={tiers} />
      <ConfirmDialog
        request={
          chosen
            ? {
                title: t('Buy {n} credits for {price}?', { n: count(chosen.tokens), price: money(chosen.price_cents) }),
                message: t(
                  'Your card is charged at once. Without a card the operator is asked, and the credits come with the payment.',
                ),
                confirmLabel: t('Pay {price}', { price: money(chosen.price_cents) }),
                destructive: false,
              }
            : null
        }
        onAnswer={(accepted) => {
          if (accepted && chosen) buy.mutate(chosen)
          setChosen(null)
        }}
      />
    </div>
  )
}
