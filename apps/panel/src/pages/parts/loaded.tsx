import { ErrorState, Skeleton } from '@imperal/ui-kit'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { failureOf } from './failure.ts'

const SKELETON_AFTER_MS = 150

/** Whether a wait has been long enough to be shown. */
function useLate(): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SKELETON_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  return late
}

function Waiting({ rows }: { readonly rows: number }) {
  return useLate() ? <Skeleton rows={rows} /> : null
}

/** The answer of a query; bars while it is on its way, and a sentence with another try when it failed. */
export function Loaded<T>({
  query,
  children,
  rows = 4,
  failed,
}: {
  readonly query: UseQueryResult<T>
  readonly children: (data: T) => ReactNode
  readonly rows?: number
  /** Draws some failures in words of its own; null leaves it to the usual ones. */
  readonly failed?: (status: number) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.isPending) return <Waiting rows={rows} />
  const failure = failureOf(query.error)
  const own = failed?.(failure.status)
  if (own) return own
  return (
    <ErrorState
      message={failure.message}
      code={failure.code}
      pending={query.isFetching}
      onRetry={() => void query.refetch()}
    />
  )
}
