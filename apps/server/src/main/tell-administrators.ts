import type { AdministratorNotice } from '../modules/developer/index.ts'
import type { Facts } from './open-facts.ts'
import type { Ground } from './open-ground.ts'

/** Puts a notice before everybody who runs the installation. What cannot be told is in the log, and stays in their lists. */
export const tellAdministrators =
  ({ db, log }: Ground, { identity, notifications }: Facts) =>
  async ({ title, body, link }: AdministratorNotice): Promise<void> => {
    const told = (await identity.administrators()).map(({ tenantId, userId }) =>
      notifications.notify(
        { tenantId, atomic: (statements) => db.atomic(tenantId, statements) },
        {
          ...{ tenantId, userId, appId: null, title, body, message: body, priority: 'normal', channel: 'in_app' },
          ...{ link, extra: {} },
        },
      ),
    )
    for (const end of await Promise.allSettled(told))
      if (end.status === 'rejected') log.warn({ err: end.reason, title }, 'an administrator could not be told')
  }
