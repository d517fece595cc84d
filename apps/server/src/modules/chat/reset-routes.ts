import { users } from '@imperal/contract'
import { httpErrors, implement, type MountedRoute } from '../../foundation/http/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Chat } from './open-chat.ts'

export interface ResetOptions {
  readonly chat: Pick<Chat, 'reset'>
  readonly audit: Pick<Audit, 'record'>
  readonly identity: Pick<Identity, 'actorFor'>
}

/** Resetting the conversation of a user: oneself, or an administrator, or a service (api.md 3.4). */
export const resetRoutes = ({ chat, audit, identity }: ResetOptions): readonly MountedRoute[] => [
  implement(users.resetConversation, async ({ params, principal, ip, requestId }) => {
    if (principal === null) throw httpErrors.UNAUTHENTICATED()
    const actor = await identity.actorFor(principal, params.user_id)
    const { forgotten, wasWorking } = await chat.reset(actor)
    await audit.record({
      tenantId: actor.tenantId,
      actorId: principal.userId ?? 'service',
      actorType: principal.userId === null ? 'service' : 'user',
      userId: actor.userId,
      action: 'user.conversation_reset',
      targetType: 'user',
      targetId: actor.userId,
      metadata: { forgotten, was_working: wasWorking },
      source: principal.kind === 'service' ? 'service' : 'api',
      ip,
      requestId,
    })
    return { redis_keys_deleted: forgotten, workflow_terminated: wasWorking }
  }),
]
