import type { Database } from '../../foundation/db/index.ts'
import type { DatabaseFacts } from './doctor.ts'

const FACTS = `select current_setting('server_version') as version,
  pg_database_size(current_database()) as size,
  (select count(*) from kernel.open_call) as open_calls`

/** Version, size and unfinished calls of the database. */
export async function readDatabaseFacts(db: Database): Promise<DatabaseFacts> {
  const [result] = await db.atomic('*', [{ text: FACTS, values: [] }])
  const row = result?.rows[0] ?? {}
  return { version: String(row.version), sizeBytes: Number(row.size), openCalls: Number(row.open_calls) }
}
