import pg from 'pg'
import type { Settings } from '../config/index.ts'
import { defineErrors } from '../errors.ts'
import type { Log } from '../log.ts'
import { startEmbeddedPostgres } from '../postgres/index.ts'

export const databaseErrors = defineErrors('START', {
  DATABASE_UNREACHABLE: {
    kind: 'unavailable',
    message: (details: { reason: string }) => `The database of DATABASE_URL does not answer: ${details.reason}.`,
    hint: 'Check the address, the password and that PostgreSQL runs.',
  },
})

export interface StartedDatabase {
  readonly source: 'embedded' | 'external'
  /** As the owner of the schemas, for migrations alone. */
  readonly owner: pg.ClientConfig
  /** As the application: forced row-level security holds. Null: its login is to be made (`openAppLogin`). */
  readonly app: pg.ClientConfig | null
  /** Resolves when the embedded server ended by itself; never for an external one. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** One connection, so that a wrong address is told as such and not as a failure of whatever comes first. */
async function tryConnection(settings: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(settings)
  try {
    await client.connect()
  } catch (error) {
    const errors: Error[] = error instanceof AggregateError ? error.errors : [error]
    const reason = errors.map(({ message }) => message).join('; ')
    throw databaseErrors.DATABASE_UNREACHABLE({ reason }, error)
  } finally {
    await client.end().catch(() => undefined) // a connection that was never made cannot be ended
  }
}

/** The embedded PostgreSQL of the data folder, or the one that `DATABASE_URL` names. */
export async function startDatabase(settings: Settings, log: Log): Promise<StartedDatabase> {
  if (settings.DATABASE_URL !== undefined) {
    const owner = { connectionString: settings.DATABASE_URL, connectionTimeoutMillis: 10_000 }
    await tryConnection(owner)
    // The login of the address owns the schemas; the application gets one of its own when they are there.
    return {
      source: 'external',
      owner,
      app: null,
      ended: new Promise(() => {}),
      stop: async () => {},
    }
  }
  const embedded = await startEmbeddedPostgres({
    dataDir: settings.IMPERAL_DATA_DIR,
    log: (line) => log.debug({ postgres: line }, 'postgres'),
    settings: settings.IMPERAL_TEST_FSYNC_OFF
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : {},
  })
  return {
    source: 'embedded',
    owner: { ...embedded.ownerConnection },
    app: { ...embedded.connection },
    ended: embedded.exited.then(() => undefined),
    stop: () => embedded.stop(),
  }
}
