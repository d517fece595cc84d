import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { type Acting, actOf } from '../audit/index.ts'
import type { DeveloperParts } from './open-developer.ts'

/** Writes the row of the log about what a transaction does; `metadata` is what is known only there. */
export type Note = (tx: Tx, metadata?: JsonObject) => Promise<void>

/** Nobody asked: what the platform does by itself is noted where it is done. */
export const unnoted: Note = async () => {}

/** One row of the log about an act of the caller, for the transaction in which it happens. */
export const noteOf =
  (
    parts: Pick<DeveloperParts, 'audit'>,
    request: Acting,
    entry: { action: string; targetType: 'app' | 'user'; targetId: string; metadata?: JsonObject },
  ): Note =>
  (tx, metadata) =>
    parts.audit.append(tx, {
      ...actOf(request),
      ...entry,
      ...(metadata === undefined ? {} : { metadata: { ...entry.metadata, ...metadata } }),
    })
