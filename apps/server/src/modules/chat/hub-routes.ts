import { registryAliases } from '@imperal/contract'
import { administers, implement, type MountedRoute } from '../../foundation/http/index.ts'
import type { Identity } from '../identity/index.ts'
import { registryErrors } from '../registry/index.ts'
import type { Chat } from './open-chat.ts'

export interface HubOptions {
  readonly chat: Pick<Chat, 'receive'>
  readonly identity: Pick<Identity, 'findUser'>
}

/** The registry's older door to the chat (api.md 4.3): what is sent counts as said by the user. */
export const hubRoutes = ({ chat, identity }: HubOptions): readonly MountedRoute[] => [
  implement(registryAliases.hubMessage, async ({ params, body, principal }) => {
    const isSelf = principal?.userId === params.user_id
    if (!isSelf && !administers(principal, principal?.tenantId ?? '')) throw registryErrors.KEY_FORBIDDEN()
    const user = await identity.findUser(params.user_id)
    if (!user?.isActive || !(isSelf || administers(principal, user.tenantId))) throw registryErrors.USER_NOT_FOUND()
    const appId = body.context?.app_id
    const { reply } = await chat.receive(
      { tenantId: user.tenantId, userId: user.userId, limitedTo: isSelf ? principal?.limitedTo : undefined },
      {
        text: body.content,
        conversationId: 'default',
        clientMessageId: null,
        surface: 'api',
        appId: typeof appId === 'string' ? appId : null,
        queue: true,
      },
    )
    return { status: 'signaled' as const, namespace: 'imperal-hub' as const, workflow_id: reply.message_id }
  }),
]
