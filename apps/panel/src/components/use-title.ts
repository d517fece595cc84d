import { useEffect } from 'react'

/** Names the browser's tab while the caller is mounted. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Imperal' : `${title} · Imperal`
  }, [title])
}
