import { users } from '@imperal/contract'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../data/api.ts'

const LIFE_MS = 300_000

/** Who an id is, by address; the id itself while it is read, and of an account that is gone or of another tenant. */
export function AccountName({ id }: { readonly id: string }) {
  const { data } = useQuery({
    queryKey: ['admin', 'account-name', id],
    queryFn: () => api.send(users.get, { params: { user_id: id } }),
    staleTime: LIFE_MS,
    retry: false,
  })
  return (
    <span dir="auto" title={id}>
      {data?.email || id}
    </span>
  )
}
