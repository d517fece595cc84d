import type { PaymentResponse } from '@imperal/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'
import { standingQuery } from './queries.ts'

/** What a payment that is not paid waits for: the bank's page while it asks, otherwise a sentence. */
export function PaymentStanding({ payment }: { readonly payment: PaymentResponse }) {
  if (payment.status === 'failed') return <p className="pg-help">{t('It did not go through; nothing was charged.')}</p>
  return payment.status === 'pending' ? <Open payment={payment} /> : null
}

function Open({ payment }: { readonly payment: PaymentResponse }) {
  const client = useQueryClient()
  const { data, error } = useQuery(standingQuery(payment.payment_intent_id))
  const isOver = data !== undefined && data.status !== 'pending'
  useEffect(() => {
    // It was paid, or ended, while nobody looked: the list and the wallet say so, too.
    if (isOver) void client.invalidateQueries({ queryKey: ['billing'] })
  }, [isOver, client])
  if (error) return <p className="pg-help">{failureOf(error).message}</p>
  if (data === undefined || isOver) return null
  if (data.action_url !== null)
    return (
      <p className="pg-help">
        {t('Your bank wants to ask you.')}{' '}
        <a className="im-link" href={data.action_url}>
          {t('Finish the payment')}
        </a>
      </p>
    )
  return <p className="pg-help">{SENTENCES[data.waits_for]}</p>
}

const SENTENCES = {
  bank: t('Your bank wants to ask you.'),
  provider: t('The payment provider is working on it.'),
  operator: t('Waits for the operator, who says when the money has arrived.'),
  none: t('Nobody finished it. It ends by itself within a day; nothing is charged then.'),
}
