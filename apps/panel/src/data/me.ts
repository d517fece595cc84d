import { auth, DEFAULT_TENANT } from '@imperal/contract'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from './api.ts'
import { queryClient } from './query-client.ts'

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => api.send(auth.me),
  staleTime: 5 * 60_000,
})
export type Me = Awaited<ReturnType<typeof fetchMe>>
const fetchMe = () => api.send(auth.me)

/** The signed-in person; undefined until the server has told. */
export const useMe = (): Me | undefined => useQuery(meQuery).data

/** The same outside of components. @throws when nobody has been read yet */
export function currentMe(): Me {
  const me = queryClient.getQueryData(meQuery.queryKey)
  if (!me) throw new Error('The signed-in person is not known yet.')
  return me
}

export const isAdmin = (me: Me | undefined): boolean => me?.role === 'admin'

/** Administrators of the first tenant run the installation; those of another one run that tenant. */
export const runsInstallation = (me: Me | undefined): boolean => isAdmin(me) && me?.tenant_id === DEFAULT_TENANT

export function nameOf(me: Me): string {
  return me.display_name || [me.first_name, me.last_name].filter((part) => part !== '').join(' ') || me.email
}
