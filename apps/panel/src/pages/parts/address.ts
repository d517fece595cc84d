import { useLocation, useParams, useRouter } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

export type GoTo = (path: string, options?: { readonly replace?: boolean }) => void

/** Goes to a path of the panel, with its query and fragment. */
export function useGo(): GoTo {
  const { history } = useRouter()
  return useCallback((path, options) => (options?.replace ? history.replace(path) : history.push(path)), [history])
}

/** Where a sign-in may lead afterwards: a path of this panel, whatever the address asked for. */
export function safePath(wanted: string | null): string {
  return wanted !== null && /^\/(?![/\\])/.test(wanted) ? wanted : '/'
}

export type QueryChanges = Readonly<Record<string, string | null>>

/** The query of the address, and a way to change some of it; `null` and empty text remove a member. */
export function useAddressQuery(): [
  URLSearchParams,
  (changes: QueryChanges, options?: { readonly push?: boolean }) => void,
] {
  const text = useLocation({ select: (location) => location.searchStr })
  const router = useRouter()
  const query = useMemo(() => new URLSearchParams(text), [text])
  const change = useCallback(
    (changes: QueryChanges, options?: { readonly push?: boolean }) => {
      // Read at the time of the change: two changes in one moment must not undo one another.
      const { pathname, search, hash } = router.history.location
      const next = new URLSearchParams(search)
      for (const [name, value] of Object.entries(changes)) {
        if (value === null || value === '') next.delete(name)
        else next.set(name, value)
      }
      const path = `${pathname}${next.size > 0 ? `?${next}` : ''}${hash}`
      if (options?.push) router.history.push(path)
      else router.history.replace(path)
    },
    [router],
  )
  return [query, change]
}

/** One part of the path, such as `appId`; empty when the address has none. */
export function usePathPart(name: string): string {
  const parts: Readonly<Record<string, string | undefined>> = useParams({ strict: false })
  return parts[name] ?? ''
}
