import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../apps/server/src/foundation/postgres/index.ts'

/** A PostgreSQL beside the servers under test, as an operator would give them one. */
export interface SharedPostgres {
  /** For `DATABASE_URL`: a login that owns the database and may make roles, and nothing more. */
  readonly url: string
  /** A connection that looks past row-level security. Ends with the server. */
  superuser(database?: string): Promise<pg.Client>
  /** A further empty database of the same owner; gives its address. */
  another(name: string): Promise<string>
  /** Kills PostgreSQL with `kill -9` and starts it again on the same data, at the same address. */
  crash(): Promise<void>
  stop(): Promise<void>
}

const OPERATOR = 'operator'

/** Starts one with `settings` of PostgreSQL on top of those that make tests fast. */
export async function startSharedPostgres(settings: Readonly<Record<string, string>> = {}): Promise<SharedPostgres> {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-pg-'))
  const start = () =>
    startEmbeddedPostgres({
      dataDir: folder,
      // Room for the connections of half a dozen servers, those that just went away included.
      settings: {
        fsync: 'off',
        synchronous_commit: 'off',
        full_page_writes: 'off',
        max_connections: '300',
        ...settings,
      },
      log: () => {},
    })
  let server = await start()
  const clients = new Set<pg.Client>()
  const superuser = async (database = 'installation') => {
    const client = new pg.Client({ ...server.superuserConnection, database })
    client.on('error', () => clients.delete(client)) // the server was ended, or its backend
    await client.connect()
    clients.add(client)
    return client
  }
  const root = await superuser('postgres')
  await root.query(`create role ${OPERATOR} login createrole password 'operator-secret'`)
  await root.query(`grant imperal_app to ${OPERATOR} with admin option`)
  const another = async (name: string): Promise<string> => {
    await root.query(`create database ${name} owner ${OPERATOR}`)
    const { host, port } = server.superuserConnection
    return `postgres://${OPERATOR}:operator-secret@localhost/${name}?host=${encodeURIComponent(host)}&port=${port}`
  }
  return {
    url: await another('installation'),
    superuser,
    another,
    async crash() {
      const file = path.join(server.versionInfo.folder, 'postmaster.pid')
      process.kill(Number.parseInt(readFileSync(file, 'utf8'), 10), 'SIGKILL')
      await server.exited
      await server.stop() // lets go of the folder; the same one gives the same address
      server = await start()
    },
    async stop() {
      await Promise.all([...clients].map((client) => client.end().catch(() => undefined))) // gone already
      await server.stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}
