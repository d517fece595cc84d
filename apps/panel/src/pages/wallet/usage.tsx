import { Badge, EmptyState, ProgressBar } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { t } from '../../i18n/index.ts'
import { count } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { meterName } from '../parts/server-words.ts'
import { usageQuery, usePlanName } from './queries.ts'

/** The meters of the month against the limits of the plan. */
export function Usage() {
  const usage = useQuery(usageQuery)
  const planName = usePlanName()
  return (
    <Loaded query={usage} rows={4}>
      {({ usage: used, limits, exceeded, plan }) => {
        const names = [...new Set([...Object.keys(limits), ...Object.keys(used)])]
        if (names.length === 0) return <EmptyState icon="ChartColumn" message={t('Nothing is counted here')} />
        return (
          <div className="pg-stack pg-narrow">
            <ul className="pg-meters" aria-label={t('Usage')}>
              {names.map((name) => (
                <Meter
                  key={name}
                  name={meterName(name)}
                  used={used[name] ?? 0}
                  limit={limits[name] ?? -1}
                  isOver={exceeded.includes(name)}
                />
              ))}
            </ul>
            <p className="pg-help">
              {t('Your plan: {name}', { name: planName(plan) })} ·{' '}
              <PageLink href="/wallet/plans">{t('Other plans')}</PageLink>
            </p>
          </div>
        )
      }}
    </Loaded>
  )
}

interface MeterProps {
  readonly name: string
  readonly used: number
  /** -1 is without a limit. */
  readonly limit: number
  readonly isOver: boolean
}

function Meter({ name, used, limit, isOver }: MeterProps) {
  return (
    <li>
      <p className="pg-meter-head">
        <span>{name}</span>
        {isOver ? <Badge tone="danger">{t('used up')}</Badge> : null}
        <span>
          {limit < 0
            ? t('{n}, without a limit', { n: count(used) })
            : t('{n} of {most}', { n: count(used), most: count(limit) })}
        </span>
      </p>
      {limit > 0 ? <ProgressBar value={Math.min(100, (used / limit) * 100)} label={name} size="sm" /> : null}
    </li>
  )
}
