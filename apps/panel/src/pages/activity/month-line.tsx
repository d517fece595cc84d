import { useQuery } from '@tanstack/react-query'
import { t } from '../../i18n/index.ts'
import { counted } from '../parts/figures.ts'
import { statsQuery } from './queries.ts'

/** The month in one line. */
export function MonthLine() {
  const stats = useQuery(statsQuery).data
  if (!stats) return null
  const parts = [
    t('{calls} this month', { calls: counted(stats.total_actions, 'call') }),
    ...(stats.failed > 0 ? [counted(stats.failed, 'failure')] : []),
    ...(stats.limit === null ? [] : [t('limit {calls}', { calls: counted(stats.limit, 'call') })]),
  ]
  return <>{parts.join(' · ')}</>
}
