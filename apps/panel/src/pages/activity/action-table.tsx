import type { Action } from '@imperal/contract'
import { IconGlyph } from '@imperal/ui-kit'
import { useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { duration } from '../parts/figures.ts'
import { KindBadge } from '../parts/kind-badge.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { sourceWord } from '../parts/server-words.ts'
import { TABLE_ROLES } from '../parts/table-roles.ts'
import { resultOf, stateOf } from './queries.ts'

/** Rows of the ledger; each leads to its trace. */
export function ActionTable({
  actions,
  linkOf,
}: {
  readonly actions: readonly Action[]
  readonly linkOf: (action: Action) => string
}) {
  const apps = new Map(useApps().map((app) => [app.appId, app]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="im-table-box" tabIndex={0} aria-label={t('Calls')}>
      <table {...TABLE_ROLES.table} className="im-table pg-table pg-ledger pg-fold">
        <thead {...TABLE_ROLES.group}>
          <tr {...TABLE_ROLES.row}>
            <th {...TABLE_ROLES.column} scope="col">
              {t('Function')}
            </th>
            <th {...TABLE_ROLES.column} scope="col">
              {t('Result')}
            </th>
            <th {...TABLE_ROLES.column} scope="col">
              {t('Kind')}
            </th>
            <th {...TABLE_ROLES.column} scope="col">
              {t('From')}
            </th>
            <th {...TABLE_ROLES.column} scope="col">
              {t('When')}
            </th>
            <th {...TABLE_ROLES.column} scope="col" data-align="right">
              {t('Took')}
            </th>
          </tr>
        </thead>
        <tbody {...TABLE_ROLES.group}>
          {actions.map((action) => {
            const app = apps.get(action.app_id)
            return (
              <tr {...TABLE_ROLES.row} key={action.call_id}>
                <th {...TABLE_ROLES.name} scope="row">
                  <PageLink bare href={linkOf(action)} className="pg-ledger-link">
                    <AppIcon appId={action.app_id} name={app?.name ?? action.app_id} url={app?.icon} size={20} />
                    <code>{action.tool_name}</code>
                  </PageLink>
                </th>
                <td {...TABLE_ROLES.cell} className="pg-ledger-result">
                  <StateMark status={action.status} />
                  <bdi title={resultOf(action)}>{resultOf(action)}</bdi>
                  {action.error ? <code>{action.error}</code> : null}
                </td>
                <td {...TABLE_ROLES.cell} data-phone="end">
                  <KindBadge kind={action.action_type} />
                </td>
                <td {...TABLE_ROLES.cell} data-phone="none">
                  {sourceWord(action.source)}
                </td>
                <td {...TABLE_ROLES.cell} className="pg-nowrap" data-phone="end">
                  <Moment bare value={action.created_at} />
                </td>
                <td {...TABLE_ROLES.cell} data-align="right" data-phone="none" className="pg-nowrap">
                  {duration(action.duration_ms)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

/** The small sign of how a call ended, with its words for those who do not see it. */
export function StateMark({ status }: { readonly status: string }) {
  const state = stateOf(status)
  return (
    <span className="pg-state" data-tone={state.tone} title={state.words}>
      <IconGlyph name={state.icon} size={14} />
      <span className="im-hidden">{state.words}: </span>
    </span>
  )
}
