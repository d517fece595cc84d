import { CompiledQuery } from 'kysely'
import type { Statement, Tx } from '../../foundation/db/index.ts'

export { toDatabaseJson } from '../kernel/index.ts'

/** Runs a prepared statement inside a transaction. */
export const runIn = (tx: Tx, { text, values }: Statement) => tx.executeQuery(CompiledQuery.raw(text, [...values]))
