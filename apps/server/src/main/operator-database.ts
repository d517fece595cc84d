import { readFileSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import type { Settings } from '../foundation/config/index.ts'
import { PlatformError } from '../foundation/errors.ts'
import { OWNER_ROLE, startEmbeddedPostgres } from '../foundation/postgres/index.ts'

/** The database of an installation for a command beside it, as the owner of the schemas. */
export interface OperatorDatabase {
  readonly owner: pg.ClientConfig
  /** True when a server of this data folder runs. */
  readonly isServed: boolean
  close(): Promise<void>
}

/** Where the embedded PostgreSQL of a running server listens. */
function running(dataDir: string): pg.ClientConfig {
  const lines = readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')
  const [, , , port = '', host = ''] = lines
  return { host, port: Number(port), user: OWNER_ROLE, database: 'imperal' }
}

const isInUse = (error: unknown): boolean =>
  error instanceof PlatformError && error.code === 'POSTGRES_DATA_FOLDER_IN_USE'

/** The one of `DATABASE_URL`; else the embedded one, which is started when no server runs it. */
export async function openOperatorDatabase(settings: Settings): Promise<OperatorDatabase> {
  if (settings.DATABASE_URL !== undefined)
    return { owner: { connectionString: settings.DATABASE_URL }, isServed: false, close: async () => {} }
  try {
    const server = await startEmbeddedPostgres({
      dataDir: settings.IMPERAL_DATA_DIR,
      settings: settings.IMPERAL_TEST_FSYNC_OFF ? { fsync: 'off', full_page_writes: 'off' } : {},
      log: () => {},
    })
    return { owner: { ...server.ownerConnection }, isServed: false, close: () => server.stop() }
  } catch (error) {
    if (!isInUse(error)) throw error
    return { owner: running(settings.IMPERAL_DATA_DIR), isServed: true, close: async () => {} }
  }
}
