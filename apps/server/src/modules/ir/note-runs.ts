import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { DocumentRun } from '../kernel/index.ts'

export interface Runs {
  note(run: DocumentRun): void
  /** Writes what is waiting. */
  flush(): Promise<void>
  close(): Promise<void>
}

const FLUSH_MS = 500
const MOST_WAITING = 2_000
const MOST_NAMED = 200
/** Of successful reads one in so many is kept. */
const SAMPLE = 20
const KEPT_DAYS = 30

/** Runs are noted after their call, several at a time: no call waits for its own record here; the ledger has it already. */
export function openRuns(options: { readonly db: Database; readonly clock: Clock; readonly log: Log }): Runs {
  const { db, clock, log } = options
  let waiting: { readonly run: DocumentRun; readonly at: string }[] = []
  let reads = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing: Promise<void> = Promise.resolve()
  let isClosed = false

  const write = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    const rows = batch.map(({ run, at }) => ({
      tenant_id: run.tenantId,
      app_id: run.appId,
      revision: run.revision,
      function: run.function,
      status: run.errorCode === null ? ('success' as const) : ('error' as const),
      error_code: run.errorCode,
      step: run.step,
      path: JSON.stringify(run.path.slice(0, MOST_NAMED)),
      affected: JSON.stringify(run.affected.slice(0, MOST_NAMED)),
      notes: JSON.stringify(run.notes.slice(0, MOST_NAMED)),
      duration_ms: Math.max(0, Math.round(run.durationMs)),
      call_id: run.callId,
      trace_id: run.traceId,
      created_at: at,
    }))
    try {
      await db.everyTenant((tx) => tx.insertInto('ir.run').values(rows).execute())
    } catch (error) {
      log.warn({ err: error, runs: rows.length }, 'runs of declarative functions could not be noted')
    }
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }
  return {
    note(run) {
      if (run.errorCode === null && run.isRead && run.notes.length === 0) {
        reads += 1
        if (reads % SAMPLE !== 1) return
      }
      if (waiting.length >= MOST_WAITING) return
      waiting.push({ run, at: clock.iso() })
      // The kernel ends its last calls after this has closed: what they did is written while the database is still there.
      if (isClosed) void flush()
      else timer ??= setTimeout(() => void flush(), FLUSH_MS)
    },
    flush,
    close() {
      isClosed = true
      return flush()
    },
  }
}

/** Forgets runs that nobody looks at any more. */
export async function tidyRuns(db: Database, nowMs: number): Promise<void> {
  const before = new Date(nowMs - KEPT_DAYS * 86_400_000)
  await db.everyTenant((tx) => tx.deleteFrom('ir.run').where('created_at', '<', before).execute())
}
