import { appsQuery } from './apps.ts'
import { meQuery } from './me.ts'
import { queryClient } from './query-client.ts'
import { currentSession } from './session.ts'

/** Asks for what the shell needs before it can show anything, while its code is still on the way. */
export function warmShell(): void {
  if (currentSession() === null) return
  void queryClient.prefetchQuery(meQuery)
  void queryClient.prefetchQuery(appsQuery)
}
