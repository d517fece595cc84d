import type { AppDetail } from '@imperal/contract'
import { EmptyState } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import { count } from '../parts/figures.ts'
import { KindBadge } from '../parts/kind-badge.tsx'

/** What an app can do, function by function. */
export function FunctionTable({ tools }: { readonly tools: AppDetail['tools'] }) {
  if (tools.length === 0) {
    return (
      <EmptyState icon="SquareFunction" message={t('No functions')}>
        {t('This app shows panels only.')}
      </EmptyState>
    )
  }
  const isPriced = tools.some((tool) => tool.price > 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="im-table-box" tabIndex={0} aria-label={t('Functions')}>
      <table className="im-table pg-table">
        <thead>
          <tr>
            <th scope="col">{t('Name')}</th>
            <th scope="col">{t('What it does')}</th>
            <th scope="col" className="pg-wide">
              {t('Kind')}
            </th>
            {isPriced ? (
              <th scope="col" data-align="right">
                {t('Credits')}
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {tools.map((tool) => (
            <tr key={tool.name}>
              <th scope="row">
                <code>{tool.name}</code>
                <span className="pg-below">
                  <KindBadge kind={tool.action_type} />
                </span>
              </th>
              <td className="pg-wrap">
                <bdi>{tool.description}</bdi>
              </td>
              <td className="pg-wide">
                <KindBadge kind={tool.action_type} />
              </td>
              {isPriced ? <td data-align="right">{count(tool.price)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
