import { developer } from '@imperal/contract'
import { Alert, Button, SelectField, TextField } from '@imperal/ui-kit'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { Section } from '../parts/section.tsx'
import { useForm } from '../parts/use-form.ts'
import type { OwnApp } from './own-app.ts'

const MODELS = [
  { value: 'free', label: t('Free') },
  { value: 'per_action', label: t('Per action') },
  { value: 'subscription', label: t('Subscription') },
]
/** Prices of a published app are frozen (K10.5). */
const OPEN = ['draft', 'rejected', 'suspended']
const isWhole = (text: string) => text.trim() === '' || /^\d{1,9}$/.test(text.trim())
const numberOf = (text: string) => Number(text.trim() === '' ? 0 : text)

const pricesOf = (app: Pick<OwnApp, 'pricing_config'>): Record<string, number> => {
  const prices = app.pricing_config?.tool_prices
  return typeof prices === 'object' && prices !== null && !Array.isArray(prices)
    ? (prices as Record<string, number>) // checked by the server when it was stored
    : {}
}

/** What the app costs those who use it. */
export function PriceForm({ app }: { readonly app: OwnApp }) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(false)
  const isOpen = OPEN.includes(app.status)
  const before = pricesOf(app)
  const names = app.tools_json.flatMap(({ name }) => (name === undefined ? [] : [name]))
  const [prices, setPrices] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(names.map((name) => [name, before[name] === undefined ? '' : String(before[name])])),
  )
  const wrong = names.filter((name) => !isWhole(prices[name] ?? ''))
  const form = useForm({
    initial: { model: app.pricing_model as string, month: String(app.pricing_config?.monthly_price ?? '') },
    check: ({ model, month }) => ({
      month:
        model === 'subscription' && !(isWhole(month) && numberOf(month) > 0)
          ? t('A whole number of credits.')
          : undefined,
      model: model === 'per_action' && wrong.length > 0 ? t('A whole number of credits.') : undefined,
    }),
    send: async ({ model, month }) => {
      const pricing_config =
        model === 'per_action'
          ? { tool_prices: Object.fromEntries(names.map((name) => [name, numberOf(prices[name] ?? '')])) }
          : model === 'subscription'
            ? { monthly_price: numberOf(month) }
            : {}
      const body = { pricing_model: model as OwnApp['pricing_model'], pricing_config }
      await api.send(developer.updateApp, { params: { app_id: app.app_id }, body })
      setSaved(true)
      await client.invalidateQueries({ queryKey: ['developer'] })
    },
  })
  const { model } = form.values
  return (
    <Section title={t('Price')} lead={t('In credits; {split} % of it is yours.', { split: app.revenue_split_dev })}>
      {isOpen ? null : (
        <Alert variant="info">{t('The price of a published app stays. Pause the app to change it.')}</Alert>
      )}
      <form {...form.form} className="pg-form">
        <SelectField
          label={t('Price')}
          error={form.errors.model}
          disabled={!isOpen}
          options={MODELS}
          value={model}
          onValue={(next) => {
            setSaved(false)
            form.set('model', next || 'free')
          }}
        />
        {model === 'subscription' ? (
          <TextField
            {...form.text('month')}
            label={t('Credits a month')}
            inputMode="numeric"
            autoComplete="off"
            disabled={!isOpen}
          />
        ) : null}
        {model === 'per_action'
          ? names.map((name) => (
              <TextField
                key={name}
                label={t('Credits for {name}', { name })}
                placeholder={t('the usual price of its kind')}
                error={isWhole(prices[name] ?? '') ? undefined : t('A whole number of credits.')}
                inputMode="numeric"
                autoComplete="off"
                disabled={!isOpen}
                value={prices[name] ?? ''}
                onValue={(value) => {
                  setSaved(false)
                  setPrices((all) => ({ ...all, [name]: value }))
                }}
              />
            ))
          : null}
        {model === 'per_action' && names.length === 0 ? (
          <p className="pg-help">{t('Deploy it first; then each function has its price here.')}</p>
        ) : null}
        <FailedAlert failure={form.failure} />
        {isOpen ? (
          <div>
            <Button type="submit" pending={form.pending} pendingLabel={t('Saving')}>
              {saved ? t('Saved') : t('Save price')}
            </Button>
          </div>
        ) : null}
      </form>
    </Section>
  )
}
