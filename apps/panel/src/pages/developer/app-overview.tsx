import { Alert, EmptyState } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { LOCALE, t } from '../../i18n/index.ts'
import { count, counted, duration } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { Facts, Section } from '../parts/section.tsx'
import { categoryWord } from '../parts/server-words.ts'
import { Figure } from './earnings.tsx'
import type { OwnApp } from './own-app.ts'
import { analyticsQuery } from './queries.ts'

const DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const percent = (share: number) =>
  new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 }).format(share)

/** How the app is used, by day and by function, and what it is. */
export function AppOverview({ app }: { readonly app: OwnApp }) {
  const analytics = useQuery(analyticsQuery(app.app_id))
  return (
    <div className="pg-stack">
      {app.reject_reason ? (
        <Alert variant="warn" title={t('Sent back by the review')}>
          {app.reject_reason}
        </Alert>
      ) : null}
      <Loaded query={analytics} rows={4}>
        {(found) =>
          found.total_actions === 0 ? (
            <EmptyState icon="ChartColumn" message={t('Nobody has called it yet')}>
              {t('Install it for yourself and use its panel, or ask the assistant for what it does.')}
            </EmptyState>
          ) : (
            <>
              <dl className="pg-strip">
                <Figure name={t('Calls in {days} days', { days: found.days })} value={count(found.total_actions)} />
                <Figure name={t('People')} value={count(found.unique_users)} />
                <Figure name={t('Went well')} value={percent(found.success_rate)} />
                <Figure name={t('Took')} value={duration(found.avg_duration_ms)} />
                <Figure name={t('Earned')} value={count(found.earnings)} />
              </dl>
              <Section title={t('Calls by day')}>
                <DayBars days={found.by_day} />
              </Section>
              <Section title={t('Functions')}>
                <FunctionShares total={found.total_actions} tools={found.by_tool} />
              </Section>
            </>
          )
        }
      </Loaded>
      <Section title={t('About')}>
        <Facts
          entries={[
            [t('Id'), <code key="id">{app.app_id}</code>],
            [t('Version'), app.version ?? t('nothing deployed')],
            [t('Category'), categoryWord(app.category)],
            [t('Installed'), counted(app.install_count, 'install')],
            [t('Your part'), `${app.revenue_split_dev} %`],
            [
              t('Calls'),
              <PageLink key="calls" href={`/activity?app=${app.app_id}`}>
                {t('Your own in the activity')}
              </PageLink>,
            ],
          ]}
        />
      </Section>
    </div>
  )
}

interface Day {
  readonly date: string
  readonly actions: number
}

/** One bar a day below the highest number, above the first and the last day; each bar says its day and number. */
function DayBars({ days }: { readonly days: readonly Day[] }) {
  const most = Math.max(1, ...days.map(({ actions }) => actions))
  const nameOf = ({ date }: Day) => DAY.format(new Date(date))
  const [first, last] = [days[0], days.at(-1)]
  return (
    <figure className="pg-bars-figure">
      <p aria-hidden className="pg-bars-scale">
        {counted(most, 'call')}
      </p>
      <ol className="pg-bars">
        {days.map((day) => {
          const words = `${nameOf(day)}: ${counted(day.actions, 'call')}`
          return (
            <li key={day.date} title={words}>
              <span className="im-hidden">{words}</span>
              <span aria-hidden style={{ height: `${(day.actions / most) * 100}%` }} />
            </li>
          )
        })}
      </ol>
      {first && last ? (
        <p aria-hidden className="pg-bars-scale">
          <span>{nameOf(first)}</span>
          <span>{nameOf(last)}</span>
        </p>
      ) : null}
    </figure>
  )
}

interface Tool {
  readonly tool: string
  readonly actions: number
  readonly errors: number
}

function FunctionShares({ total, tools }: { readonly total: number; readonly tools: readonly Tool[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="im-table-box" tabIndex={0} aria-label={t('Table')}>
      <table className="im-table pg-table">
        <thead>
          <tr>
            <th scope="col">{t('Function')}</th>
            <th scope="col">{t('Share')}</th>
            <th scope="col" data-align="right">
              {t('Calls')}
            </th>
            <th scope="col" data-align="right">
              {t('Failed')}
            </th>
          </tr>
        </thead>
        <tbody>
          {tools.map(({ tool, actions, errors }) => (
            <tr key={tool}>
              <th scope="row">
                <code>{tool}</code>
              </th>
              <td>
                <span aria-hidden className="pg-share">
                  <span style={{ inlineSize: `${(actions / total) * 100}%` }} />
                </span>
              </td>
              <td data-align="right">{count(actions)}</td>
              <td data-align="right" data-bad={errors > 0}>
                {count(errors)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
