import { CompiledQuery } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { noteRefusals } from './note-refusals.ts'
import { recordEntry } from './record-entry.ts'
import { auditHandlers } from './routes.ts'
import type { Audit } from './types.ts'

export function openAudit(options: { readonly db: Database; readonly clock: Clock; readonly log?: Log }): Audit {
  const record: Audit['record'] = async (entry) => {
    await options.db.atomic(entry.tenantId, [recordEntry(options.clock, entry)])
  }
  return {
    record,
    refused: noteRefusals({ ...options, record }),
    recording: (entry) => recordEntry(options.clock, entry),
    async append(tx, entry) {
      const { text, values } = recordEntry(options.clock, entry)
      await tx.executeQuery(CompiledQuery.raw(text, [...values]))
    },
    routes: auditHandlers({ ...options, record }),
  }
}
