import { confirmations } from '@imperal/contract'
import { implement, type MountedRoute, type Principal } from '../../../foundation/http/index.ts'
import { activeConfirmations, readConfirmation } from '../confirmations/read-confirmations.ts'
import { kernelErrors } from '../errors.ts'
import type { KernelParts } from '../parts.ts'
import type { CallSource, Kernel } from '../types.ts'

const via = (user: Principal): CallSource => (user.credential === 'jwt' && user.tokenUse === null ? 'panel' : 'api')

/** Decisions of users about their own stored calls (api.md 3.16). */
export function confirmationRoutes(parts: KernelParts, kernel: Kernel): MountedRoute[] {
  const confirm = async (user: Principal & { userId: string }, confirmationId: string) => {
    const { status, results } = await kernel.decide(user, confirmationId, 'confirm', via(user))
    return { confirmation_id: confirmationId, status: status as 'confirmed' | 'executed' | 'failed', results }
  }
  return [
    implement(confirmations.active, async ({ user }) => {
      const list = await activeConfirmations(parts, user)
      return { confirmations: list, count: list.length }
    }),
    implement(confirmations.get, async ({ user, params }) => {
      const found = await readConfirmation(parts, user, params.confirmation_id)
      if (found === null) throw kernelErrors.CONFIRMATION_NOT_FOUND()
      return found
    }),
    implement(confirmations.confirm, ({ user, params }) => confirm(user, params.confirmation_id)),
    implement(confirmations.accept, ({ user, params }) => confirm(user, params.confirmation_id)),
    implement(confirmations.cancel, async ({ user, params }) => {
      await kernel.decide(user, params.confirmation_id, 'cancel', via(user))
      return { confirmation_id: params.confirmation_id, status: 'cancelled' as const }
    }),
  ]
}
