import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Binaries, findBinaries } from './binaries.ts'
import { complaintOf } from './complaint.ts'
import { lockDataFolder } from './data-folder.ts'
import { postgresErrors } from './errors.ts'
import { APP_ROLE, type Connection, createRolesAndDatabase, DATABASE, OWNER_ROLE } from './first-start.ts'
import { chooseIdentity, commandOf, type Identity, spawnOptions } from './identity.ts'
import { type Postmaster, spawnPostmaster } from './postmaster.ts'
import { makeRuntimeFolder } from './runtime-folder.ts'
import { clearStalePostmaster } from './stale-postmaster.ts'

export interface EmbeddedPostgres {
  /** The application's role: may not bypass row-level security. */
  readonly connection: Connection
  /** Owner of the schema, for migrations only. */
  readonly ownerConnection: Connection
  /** Superuser of the cluster, for backup, doctor and tests. */
  readonly superuserConnection: Connection
  readonly versionInfo: { readonly server: string; readonly folder: string; readonly runsAs: string }
  /** Resolves when PostgreSQL ended, asked or not. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Ends all sessions and stops PostgreSQL cleanly. Idempotent. */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** The database lives in `<dataDir>/postgres`; made on first use. */
  readonly dataDir: string
  readonly log: (line: string) => void
  /** Server settings that win over ours, by their PostgreSQL names. */
  readonly settings?: Readonly<Record<string, string>>
}

const PORT = 5432 // only part of the socket's name
const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '128MB',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  log_checkpoints: 'off',
}
const LOCALE = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']

/** initdb in a folder beside, then one rename: a start that is killed half-way leaves no half cluster. */
function createCluster(options: { binaries: Binaries; identity: Identity; folder: string; noSync: boolean }): void {
  const [program, args] = commandOf(options.identity, options.binaries.initdb, [
    ...['-D', options.folder, '-U', 'postgres', '--auth-local=trust', '--auth-host=scram-sha-256'],
    ...LOCALE,
    ...(options.noSync ? ['--no-sync'] : []),
  ])
  const run = spawnSync(program, args, { ...spawnOptions(options.identity), encoding: 'utf8' })
  if (run.status === 0) return
  throw postgresErrors.INIT_FAILED({ output: complaintOf(`${run.error?.message ?? ''}${run.stdout}${run.stderr}`) })
}

function prepareCluster(options: EmbeddedPostgresOptions, dataDir: string, binaries: Binaries) {
  const cluster = path.join(dataDir, 'postgres')
  const isNew = !existsSync(path.join(cluster, 'PG_VERSION'))
  const folder = isNew ? path.join(dataDir, 'postgres.new') : cluster
  if (isNew) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { mode: 0o700 })
  }
  const { identity, version } = chooseIdentity({ dataDir, folder, isNew, postgres: binaries.postgres })
  const server = /\d+(\.\d+)*/.exec(version)?.[0] ?? version
  if (isNew) {
    createCluster({ binaries, identity, folder, noSync: options.settings?.fsync === 'off' })
    renameSync(folder, cluster)
  }
  const made = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim()
  if (made !== server.split('.')[0]) throw postgresErrors.OTHER_VERSION({ folder: cluster, cluster: made, server })
  return { cluster, identity, server }
}

// Backends of a killed postmaster need a moment to notice; until then its memory counts as in use.
const PASSING_CONDITION = /still in use|lock file .* already exists/
const MOST_ATTEMPTS = 100

async function startPostmaster(start: () => Promise<Postmaster>, log: (line: string) => void): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start()
    } catch (error) {
      if (attempt >= MOST_ATTEMPTS || !PASSING_CONDITION.test((error as Error).message)) throw error
      log('waiting for the processes of an earlier run to end')
      await delay(100)
    }
  }
}

/** Whatever lies in the folder belongs to the dead: its lock file names a process id that another program may have now. */
function openSocketFolder(cluster: string, identity: Identity): string {
  const folder = makeRuntimeFolder(cluster, identity.owner)
  for (const name of [`.s.PGSQL.${PORT}`, `.s.PGSQL.${PORT}.lock`]) rmSync(path.join(folder, name), { force: true })
  return folder
}

/**
 * Starts the PostgreSQL that comes with the platform, on sockets only, and creates it first when `dataDir` has none.
 * It dies with this process; one that outlived an earlier process on the same folder is stopped first.
 * @throws POSTGRES_* with a sentence for the operator
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = findBinaries()
  const lock = lockDataFolder(options.dataDir, 'postgres')
  try {
    const { cluster, identity, server } = prepareCluster(options, lock.folder, binaries)
    await clearStalePostmaster(cluster, options.log)
    const host = openSocketFolder(cluster, identity)
    const settings = { ...SETTINGS, ...options.settings, unix_socket_directories: host, port: String(PORT) }
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const postmaster = await startPostmaster(
      () => spawnPostmaster({ identity, program: binaries.postgres, args: ['-D', cluster, ...args], log: options.log }),
      options.log,
    )
    const connect = (user: string, database: string): Connection => ({ host, port: PORT, user, database })
    const stop = async () => {
      await postmaster.stop()
      rmSync(host, { recursive: true, force: true })
      lock.release()
    }
    try {
      await createRolesAndDatabase(connect('postgres', 'postgres'))
    } catch (error) {
      await stop()
      throw error
    }
    return {
      connection: connect(APP_ROLE, DATABASE),
      ownerConnection: connect(OWNER_ROLE, DATABASE),
      superuserConnection: connect('postgres', DATABASE),
      versionInfo: { server, folder: cluster, runsAs: identity.name },
      exited: postmaster.exited,
      stop,
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
