import type pg from 'pg'
import type { Statement } from './database.ts'

/**
 * Where a side effect is committed. The kernel hands one to every module function that a call reaches, so that
 * the first effect of a call commits together with the record of the call itself.
 */
export interface Writer {
  readonly tenantId: string
  /** All or nothing, one round trip. Answers come in the order of the statements. */
  atomic(statements: readonly Statement[]): Promise<pg.QueryResult[]>
}
