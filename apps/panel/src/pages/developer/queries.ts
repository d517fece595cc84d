import { developer, developerMoney } from '@imperal/contract'
import { queryOptions, skipToken } from '@tanstack/react-query'
import { api } from '../../data/api.ts'

export const profileQuery = queryOptions({
  queryKey: ['developer', 'profile'],
  queryFn: () => api.send(developer.profile, { query: {} }),
})
export const ownAppsQuery = queryOptions({
  queryKey: ['developer', 'apps'],
  queryFn: () => api.send(developer.listApps),
  staleTime: 0,
})
export const ownAppQuery = (appId: string) =>
  queryOptions({
    queryKey: ['developer', 'app', appId],
    queryFn: () => api.send(developer.getApp, { params: { app_id: appId } }),
    staleTime: 0,
  })
export const deploysQuery = (appId: string) =>
  queryOptions({
    queryKey: ['developer', 'deploys', appId],
    queryFn: () => api.send(developer.listDeploys, { params: { app_id: appId } }),
    staleTime: 0,
  })
/** Without days: as many as the developer's tier shows. */
export const analyticsQuery = (appId: string) =>
  queryOptions({
    queryKey: ['developer', 'analytics', appId],
    queryFn: () => api.send(developerMoney.analytics, { params: { app_id: appId }, query: {} }),
    staleTime: 0,
  })
export const earningsQuery = queryOptions({
  queryKey: ['developer', 'earnings'],
  queryFn: () => api.send(developerMoney.earnings),
  staleTime: 0,
})
export const payoutsQuery = queryOptions({
  queryKey: ['developer', 'payouts'],
  queryFn: () => api.send(developerMoney.payouts),
  staleTime: 0,
})

/** What kept the app from being submitted the last time; only the submission tells it. */
export const unreadyQuery = (appId: string) =>
  queryOptions<readonly string[]>({ queryKey: ['unready', appId], queryFn: skipToken, initialData: [] })
