import type { Clock } from '../foundation/clock.ts'
import type { Database } from '../foundation/db/index.ts'
import { forgetChatBefore } from '../modules/chat/index.ts'
import type { Identity } from '../modules/identity/index.ts'

const DAY_MS = 86_400_000

/**
 * Removes conversations that an agency wants kept no longer than so many days (kernel 11.2). The ledger and the logs have
 * classes of their own, which this never shortens. Repeatable.
 */
export async function keepContent(parts: {
  readonly db: Database
  readonly clock: Clock
  readonly identity: Pick<Identity, 'keptForDays'>
}): Promise<void> {
  for (const { tenantId, userId, days } of await parts.identity.keptForDays())
    await forgetChatBefore(parts.db, { tenantId, userId }, new Date(parts.clock.now() - days * DAY_MS))
}
