import { audit } from '@imperal/contract'
import { EmptyState } from '@imperal/ui-kit'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { useAddressQuery } from '../parts/address.ts'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { TABLE_ROLES } from '../parts/table-roles.ts'
import { AccountName } from './account-name.tsx'
import { Pager } from './pager.tsx'

const PER_PAGE = 50

/** The security and administration log, newest first. Reading it is written into it as well. */
export function AuditLog() {
  const [query, change] = useAddressQuery()
  const action = query.get('action') ?? ''
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1)
  const log = useQuery({
    queryKey: ['admin', 'audit', action, page],
    queryFn: () => api.send(audit.list, { query: { action: action || undefined, page, per_page: PER_PAGE } }),
    placeholderData: keepPreviousData,
  })
  return (
    <div className="pg-page">
      <SearchField
        label={t('Only this action')}
        value={action}
        onSearch={(next) => change({ action: next, page: null })}
      />
      <Loaded query={log} rows={8}>
        {({ entries, total }) =>
          entries.length === 0 ? (
            <EmptyState icon="SearchX" message={t('Nothing of this kind happened')} />
          ) : (
            <div className="pg-results" aria-busy={log.isPlaceholderData}>
              <p className="pg-note" role="status">
                {counted(total, 'entry')}
              </p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
              <section className="im-table-box" tabIndex={0} aria-label={t('Audit log')}>
                <table {...TABLE_ROLES.table} className="im-table pg-table pg-fold">
                  <thead {...TABLE_ROLES.group}>
                    <tr {...TABLE_ROLES.row}>
                      <th {...TABLE_ROLES.column} scope="col">
                        {t('Action')}
                      </th>
                      <th {...TABLE_ROLES.column} scope="col">
                        {t('Who')}
                      </th>
                      <th {...TABLE_ROLES.column} scope="col">
                        {t('What')}
                      </th>
                      <th {...TABLE_ROLES.column} scope="col">
                        {t('From')}
                      </th>
                      <th {...TABLE_ROLES.column} scope="col">
                        {t('When')}
                      </th>
                    </tr>
                  </thead>
                  <tbody {...TABLE_ROLES.group}>
                    {entries.map((entry) => (
                      <tr {...TABLE_ROLES.row} key={entry.id}>
                        <th {...TABLE_ROLES.name} scope="row">
                          <code>{entry.action}</code>
                        </th>
                        <td {...TABLE_ROLES.cell}>
                          {entry.actor_type === 'user' ? <AccountName id={entry.actor_id} /> : entry.actor_id}
                        </td>
                        <td {...TABLE_ROLES.cell}>
                          {entry.target_type}{' '}
                          {entry.target_type === 'user' && entry.target_id !== null ? (
                            <AccountName id={entry.target_id} />
                          ) : (
                            entry.target_id
                          )}
                        </td>
                        <td {...TABLE_ROLES.cell}>{entry.source}</td>
                        <td {...TABLE_ROLES.cell} className="pg-nowrap" data-phone="end">
                          <Moment bare value={entry.created_at} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
              <Pager
                page={page}
                pages={Math.ceil(total / PER_PAGE)}
                onPage={(next) => change({ page: String(next) }, { push: true })}
              />
            </div>
          )
        }
      </Loaded>
    </div>
  )
}
