import { useQuery } from '@tanstack/react-query'
import { counted } from '../parts/figures.ts'
import { statsQuery } from './queries.ts'

/** The month in one line. */
export function MonthLine() {
  const stats = useQuery(statsQuery).data
  if (!stats) return null
  const parts = [
    `${counted(stats.total_actions, 'call')} this month`,
    ...(stats.failed > 0 ? [`${counted(stats.failed, 'failure')}`] : []),
    ...(stats.limit === null ? [] : [`limit ${counted(stats.limit, 'call')}`]),
  ]
  return <>{parts.join(' · ')}</>
}
