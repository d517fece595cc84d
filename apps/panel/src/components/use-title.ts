import { useEffect } from 'react'

/** Names the browser's tab while the caller is mounted; null leaves the name to somebody else. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    if (title === null) return
    document.title = title === '' ? 'Imperal' : `${title} · Imperal`
  }, [title])
}
