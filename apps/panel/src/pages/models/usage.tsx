import { LLM_PURPOSES, type LlmPurpose, type UsageLine, type UsageReport } from '@imperal/contract'
import { EmptyState, ProgressBar, SelectField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { LOCALE, t } from '../../i18n/index.ts'
import { count, counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Section } from '../parts/section.tsx'
import { usageQuery } from './queries.ts'

const SPANS = [7, 30, 90]
const money = new Intl.NumberFormat(LOCALE, {
  style: 'currency',
  currency: 'USD',
  currencyDisplay: 'narrowSymbol',
  maximumFractionDigits: 4,
})
const DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: 'UTC' })

const labelOf = (purpose: string): string =>
  purpose in LLM_PURPOSES ? t(LLM_PURPOSES[purpose as LlmPurpose].label) : purpose

interface Sum {
  readonly key: string
  readonly calls: number
  readonly failed: number
  readonly input: number
  readonly output: number
  /** Null: there is no rate for any of it. */
  readonly cost: number | null
}

/** Lines added up under a name of theirs, in the order in which the names come. */
export function sumsBy(lines: readonly UsageLine[], keyOf: (line: UsageLine) => string): Sum[] {
  return [...Map.groupBy(lines, keyOf)].map(([key, group]) => {
    const sum = (of: (line: UsageLine) => number) => group.reduce((total, line) => total + of(line), 0)
    const priced = group.filter((line) => line.cost !== null)
    return {
      key,
      calls: sum((line) => line.calls),
      failed: sum((line) => line.failed_calls),
      input: sum((line) => line.input_tokens),
      output: sum((line) => line.output_tokens),
      cost: priced.length === 0 ? null : priced.reduce((total, line) => total + (line.cost ?? 0), 0),
    }
  })
}

/** What models were asked and what it took: of the signed-in person, or of everybody. */
export function Usage({ whose }: { readonly whose: 'own' | 'all' }) {
  const [days, setDays] = useState(30)
  const report = useQuery(usageQuery(whose, days))
  return (
    <div className="pg-page">
      <SelectField
        label={t('Time')}
        options={SPANS.map((span) => ({ value: String(span), label: counted(span, 'last day') }))}
        value={String(days)}
        onValue={(value) => setDays(Number(value))}
      />
      <Loaded query={report} rows={6}>
        {(shown) => <UsageTables report={shown} />}
      </Loaded>
    </div>
  )
}

export const OwnUsage = () => <Usage whose="own" />
export const AllUsage = () => <Usage whose="all" />

function UsageTables({ report: { lines, month } }: { readonly report: UsageReport }) {
  return (
    <>
      <Budget month={month} />
      {lines.length === 0 ? (
        <EmptyState icon="Activity" message={t('No model was asked')}>
          {t('Requests of the assistant and of apps are counted here, each with its tokens.')}
        </EmptyState>
      ) : (
        <>
          <SumTable title={t('By purpose')} head={t('Purpose')} sums={sumsBy(lines, (line) => labelOf(line.purpose))} />
          <SumTable
            title={t('By model')}
            head={t('Model')}
            sums={sumsBy(lines, (line) =>
              line.is_own_key ? t('{model} (own key)', { model: line.model }) : line.model,
            )}
          />
          <SumTable
            title={t('By day')}
            head={t('Day')}
            sums={sumsBy(lines, (line) => DAY.format(new Date(line.date)))}
          />
        </>
      )}
    </>
  )
}

function Budget({ month: { tokens, cap } }: { readonly month: UsageReport['month'] }) {
  if (cap === null)
    return (
      <p className="pg-help">
        {t('{tokens} of the installation’s models this month.', { tokens: counted(tokens, 'token') })}
      </p>
    )
  const percent = cap === 0 ? 100 : Math.min(100, Math.round((tokens / cap) * 100))
  return (
    <Section title={t('This month')} note={t('{n} of {most}', { n: count(tokens), most: counted(cap, 'token') })}>
      <ProgressBar value={percent} label={t('Used of the budget of this month')} />
    </Section>
  )
}

function SumTable({
  title,
  head,
  sums,
}: {
  readonly title: string
  readonly head: string
  readonly sums: readonly Sum[]
}) {
  return (
    <Section title={title}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="im-table-box" tabIndex={0} aria-label={title}>
        <table className="im-table pg-table" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{head}</th>
              <th scope="col">{t('Requests')}</th>
              <th scope="col">{t('Failed')}</th>
              <th scope="col">{t('Tokens in')}</th>
              <th scope="col">{t('Tokens out')}</th>
              <th scope="col">{t('Cost')}</th>
            </tr>
          </thead>
          <tbody>
            {sums.map((sum) => (
              <tr key={sum.key}>
                <th scope="row">{sum.key}</th>
                <td>{count(sum.calls)}</td>
                <td>{count(sum.failed)}</td>
                <td>{count(sum.input)}</td>
                <td>{count(sum.output)}</td>
                <td>{sum.cost === null ? '–' : money.format(sum.cost)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  )
}
