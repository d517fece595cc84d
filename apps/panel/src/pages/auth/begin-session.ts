import type { TokenResponse } from '@imperal/contract'
import type { QueryClient } from '@tanstack/react-query'
import { startSession } from '../../data/session.ts'

/** Key of the one-time verification, which must never be sent a second time. */
export const VERIFY_KEY = 'verify-email'

/** Signs in, and forgets whatever was read in another name before. */
export function beginSession(client: QueryClient, tokens: TokenResponse): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== VERIFY_KEY })
  startSession(tokens)
}
