import { ApiError } from '@imperal/client'
import { QueryClient } from '@tanstack/react-query'

const ATTEMPTS = 2

/** Answers are kept while the page lives; what the server refuses is not asked again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) =>
        failures < ATTEMPTS && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
  },
})
