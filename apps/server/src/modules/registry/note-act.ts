import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { type Acting, actOf } from '../audit/index.ts'
import type { RouteParts } from './route-parts.ts'

interface Act {
  readonly action: string
  readonly appId: string
  readonly metadata?: JsonObject
}

/** Writes down what a request does to an app, in the transaction that does it. */
export const noteAct = (
  parts: Pick<RouteParts, 'audit'>,
  tx: Tx,
  request: Acting,
  { action, appId, metadata }: Act,
): Promise<void> =>
  parts.audit.append(tx, {
    ...actOf(request),
    action,
    targetType: 'app',
    targetId: appId,
    ...(metadata === undefined ? {} : { metadata }),
  })
