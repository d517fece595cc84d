import { CompiledQuery } from 'kysely'
import type { Statement, Tx } from '../../../foundation/db/index.ts'

/** A statement that is made for pipelines, inside a transaction. Answers its rows. */
export async function runStatement<Row>(tx: Tx, { text, values }: Statement): Promise<readonly Row[]> {
  const { rows } = await tx.executeQuery<Row>(CompiledQuery.raw(text, [...values]))
  return rows
}
