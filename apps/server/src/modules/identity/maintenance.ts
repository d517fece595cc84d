import { DAY, HOUR, type IdentityContext, moment } from './context.ts'
import { GRACE_MS } from './refresh-session.ts'

const PENDING_LIFE_MS = 7 * DAY
const FORGOTTEN_MS = 2 * DAY

/** Removes what is over: accounts that were never verified, used-up codes, ended sessions; rotates the signing keys. Safe on many nodes at once. */
export async function tidyUp(context: IdentityContext): Promise<void> {
  const now = moment(context)
  await context.db.everyTenant(async (tx) => {
    await tx
      .deleteFrom('identity.account')
      .where('status', '=', 'pending_verification')
      .where('created_at', '<', moment(context, -PENDING_LIFE_MS))
      .execute()
    await tx.deleteFrom('identity.email_token').where('expires_at', '<', now).execute()
    await tx.deleteFrom('identity.device_login').where('expires_at', '<', moment(context, -HOUR)).execute()
    await tx.deleteFrom('identity.used_call_token').where('expires_at', '<', now).execute()
    await tx.deleteFrom('identity.cli_code').where('expires_at', '<', now).execute()
    await tx.deleteFrom('identity.oidc_attempt').where('expires_at', '<', now).execute()
    await tx.deleteFrom('identity.attempt').where('window_started_at', '<', moment(context, -FORGOTTEN_MS)).execute()
    // An access token may outlive the session row by its own life at most; a missing row means ended.
    await tx.deleteFrom('identity.session').where('idle_ends_at', '<', now).execute()
    await tx
      .updateTable('identity.refresh_token')
      .set({ successor_sealed: null })
      .where('successor_sealed', 'is not', null)
      .where('used_at', '<', moment(context, -GRACE_MS))
      .execute()
  })
  await context.keys.rotate()
}
