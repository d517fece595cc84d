import type { LedgerEntry } from '@imperal/contract'
import { EmptyState, IconButton, ProgressBar } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { useAddressQuery } from '../parts/address.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { count } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { Section } from '../parts/section.tsx'
import { signed } from './money.ts'
import { MOVEMENTS_PER_PAGE, movementsQuery, usePlanName, walletQuery } from './queries.ts'

/** The balance, and everything that moved it. */
export function Movements() {
  return (
    <div className="pg-stack">
      <Balance />
      <Section title={t('Movements')}>
        <Ledger />
      </Section>
    </div>
  )
}

function Balance() {
  const wallet = useQuery(walletQuery)
  const planName = usePlanName()
  return (
    <Loaded query={wallet} rows={1}>
      {({ balance, held, available, included_tokens, included_left, plan, debt }) => (
        <div>
          <p className="pg-balance pg-balance-large">
            <strong>{count(available)}</strong> {t('credits available')}
          </p>
          <p className="pg-help">
            {[
              held > 0
                ? t('{n} held for work that runs, {total} in all', { n: count(held), total: count(balance) })
                : '',
              included_tokens > 0 ? t('{n} included', { n: count(included_tokens) }) : '',
              t('plan {name}', { name: planName(plan) }),
              t('1,000 credits are one dollar'),
            ]
              .filter((part) => part !== '')
              .join(' · ')}
          </p>
          {included_tokens > 0 ? <Included total={included_tokens} left={included_left} /> : null}
          {debt > 0 ? (
            <p className="pg-help">
              {t('You owe {n} credits of a payment that was disputed. What you buy next makes them good first.', {
                n: count(debt),
              })}
            </p>
          ) : null}
        </div>
      )}
    </Loaded>
  )
}

/** How much of what the plan brings is used; it is used before what was bought. */
function Included({ total, left }: { readonly total: number; readonly left: number }) {
  const used = Math.max(0, total - left)
  return (
    <div className="pg-included">
      <ProgressBar value={Math.min(100, (used / total) * 100)} label={t('Credits of the plan that are used')} />
      <p className="pg-help">
        {t('{used} of {total} credits of the plan used, {left} left', {
          used: count(used),
          total: count(total),
          left: count(left),
        })}
      </p>
    </div>
  )
}

function Ledger() {
  const [query, change] = useAddressQuery()
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1)
  const found = useQuery(movementsQuery(page))
  return (
    <Loaded query={found} rows={6}>
      {(rows) =>
        rows.length === 0 && page === 1 ? (
          <EmptyState icon="Wallet" message={t('Nothing has moved yet')}>
            {t('Credits that are given, bought or used leave a line here.')}
          </EmptyState>
        ) : (
          <>
            <MovementTable rows={rows.slice(0, MOVEMENTS_PER_PAGE)} busy={found.isPlaceholderData} />
            {page > 1 || rows.length > MOVEMENTS_PER_PAGE ? (
              <nav className="pg-pager" aria-label={t('Pagination')}>
                <IconButton
                  icon="ChevronLeft"
                  label={t('Newer')}
                  disabled={page <= 1}
                  onClick={() => change({ page: page === 2 ? null : String(page - 1) }, { push: true })}
                />
                <IconButton
                  icon="ChevronRight"
                  label={t('Older')}
                  disabled={rows.length <= MOVEMENTS_PER_PAGE}
                  onClick={() => change({ page: String(page + 1) }, { push: true })}
                />
              </nav>
            ) : null}
          </>
        )
      }
    </Loaded>
  )
}

function MovementTable({ rows, busy }: { readonly rows: readonly LedgerEntry[]; readonly busy: boolean }) {
  const apps = new Map(useApps().map((app) => [app.appId, app]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="im-table-box" tabIndex={0} aria-label={t('Table')} aria-busy={busy}>
      <table className="im-table pg-table">
        <thead>
          <tr>
            <th scope="col">{t('When')}</th>
            <th scope="col">{t('What')}</th>
            <th scope="col">{t('Trace')}</th>
            <th scope="col" data-align="right">
              {t('Credits')}
            </th>
            <th scope="col" data-align="right">
              {t('Balance')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const app = row.app_id === null ? undefined : apps.get(row.app_id)
            return (
              <tr key={row.id}>
                <td className="pg-nowrap">
                  <Moment bare value={row.created_at} />
                </td>
                <td>
                  <span className="pg-moved">
                    {row.app_id === null ? null : (
                      <AppIcon appId={row.app_id} name={app?.name ?? row.app_id} url={app?.icon} size={20} />
                    )}
                    {row.description || row.reason.replaceAll('_', ' ')}
                  </span>
                </td>
                <td className="pg-nowrap">
                  {row.trace_id === null ? null : (
                    <PageLink href={`/activity?trace=${encodeURIComponent(row.trace_id)}`}>
                      <span className="im-hidden">{t('Trace')}</span> <code>{row.trace_id.slice(-8)}</code>
                    </PageLink>
                  )}
                </td>
                <td data-align="right" className="pg-nowrap" data-gain={row.amount > 0}>
                  {signed(row.amount)}
                </td>
                <td data-align="right" className="pg-nowrap">
                  {count(row.balance_after)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
