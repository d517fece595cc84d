import { chat as routes } from '@imperal/contract'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api.ts'

/** Whether a language model answers for this person: their own, or the installation's. */
export const chatStatusQuery = queryOptions({
  queryKey: ['chat', 'status'],
  queryFn: () => api.send(routes.status),
  staleTime: 60_000,
})
