import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../apps/server/src/foundation/postgres/index.ts'
import { type Program, runMaintenance, runProgram, superuserOf, untilReady } from '../support/program.ts'
import { freePort, startTestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'

// Root may write everywhere, so another user has to try; this checkout may lie where only root may enter.
const AS_ANOTHER_USER = ['/usr/bin/setpriv', '--reuid=61998', '--regid=61998', '--clear-groups', '--']
const [setpriv = '', ...asUser] = AS_ANOTHER_USER
const anotherUserCanRunIt =
  process.getuid?.() === 0 &&
  spawnSync(setpriv, [...asUser, process.execPath, '--check', import.meta.filename], { cwd: '/' }).status === 0

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-start-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const ports = async () => ({ PORT: String(await freePort()), IMPERAL_REGISTRY_PORT: String(await freePort()) })

/** One sentence for people and no stack. */
function expectSentence(program: Program, words: RegExp): void {
  expect(program.stderr()).toMatch(words)
  expect(program.stderr()).not.toMatch(/\n\s+at /)
  expect(program.stdout()).toBe('')
}

describe('a first start', () => {
  let program: Program
  let dataDir: string
  let port: string
  beforeAll(async () => {
    dataDir = newFolder()
    const given = await ports()
    port = given.PORT
    program = runProgram({ ...given, IMPERAL_DATA_DIR: dataDir })
    await untilReady(program)
  }, 180_000)

  const password = () => / with the password (\S+) \(shown only now\)/.exec(program.stdout())?.[1] ?? ''

  test('standard output is the ready line and how to sign in, nothing else', () => {
    expect(program.stdout().split('\n')).toEqual([
      `Imperal is ready at http://127.0.0.1:${port}`,
      expect.stringMatching(/^Sign in as admin@localhost\.localdomain with the password \S{16,} \(shown only now\)$/),
      '',
    ])
  })

  test('/readyz is 200 and the printed password signs in as administrator', async () => {
    const url = `http://127.0.0.1:${port}`
    expect(await send(`${url}/readyz`, 'GET')).toMatchObject({ status: 200, body: { status: 'ready' } })
    const session = await signIn({ url }, 'admin@localhost.localdomain', password())
    expect((await session.request('GET', '/v1/auth/me')).body).toMatchObject({ role: 'admin' })
    const installed = (await session.request('GET', '/v1/me/extensions')).body as { app_id: string }[]
    expect(installed.map((app) => app.app_id)).toEqual(expect.arrayContaining(['notes', 'tasks']))
  })

  test('generated secrets lie in the data folder and only their owner may read them', () => {
    const keys = path.join(dataDir, 'keys')
    for (const name of readdirSync(keys))
      expect([name, statSync(path.join(keys, name)).mode & 0o777]).toEqual([name, 0o600])
    expect(statSync(keys).mode & 0o777).toBe(0o700)
    expect(readdirSync(keys)).toEqual(expect.arrayContaining(['master.key', 'service.token']))
  })

  test('a password that was shown is kept nowhere in readable form', () => {
    const files = readdirSync(path.join(dataDir, 'keys'))
    expect(files).not.toContain('first-password')
    for (const name of files)
      expect([name, readFileSync(path.join(dataDir, 'keys', name), 'utf8').includes(password())]).toEqual([name, false])
  })

  test('the log never shows the password', () => {
    expect(password()).not.toBe('')
    expect(program.stderr()).not.toContain(password())
  })

  test('a second instance on the same data folder is refused and names the first', async () => {
    const second = runProgram({ ...(await ports()), IMPERAL_DATA_DIR: dataDir })
    expect(await second.ended).toBe(1)
    expectSentence(
      second,
      new RegExp(`Another Imperal \\(process ${program.process.pid}\\) is already running on the data folder`),
    )
    expect((await send(`http://127.0.0.1:${port}/readyz`, 'GET')).status).toBe(200)
    const { code, output } = await runMaintenance({ IMPERAL_DATA_DIR: dataDir, PORT: port }, ['doctor'])
    expect([code, output]).toEqual([0, expect.stringMatching(/✓ ports: The platform of this data folder runs/)])
    expect(output).toMatch(/✓ database: PostgreSQL/)
  }, 180_000)

  test('a taken port is refused and named before anything is made, for the gateway and for the registry', async () => {
    const folder = newFolder()
    for (const taken of ['PORT', 'IMPERAL_REGISTRY_PORT']) {
      const other = runProgram({ ...(await ports()), [taken]: port, IMPERAL_DATA_DIR: folder })
      expect([taken, await other.ended]).toEqual([taken, 1])
      expectSentence(other, new RegExp(`Port ${port} is taken`))
    }
    expect(readdirSync(folder)).not.toContain('postgres')
  }, 180_000)

  test('a first start that is killed before it is ready is completed by the next, which shows the password', async () => {
    const folder = newFolder()
    const killed = runProgram({ ...(await ports()), IMPERAL_DATA_DIR: folder })
    await until(async () => killed.stderr().includes('app of the platform published'), 60_000)
    killed.process.kill('SIGKILL')
    await killed.ended
    const next = runProgram({ ...(await ports()), IMPERAL_DATA_DIR: folder })
    await untilReady(next)
    const shown = / with the password (\S+)/.exec(killed.stdout() + next.stdout())?.[1] ?? ''
    const url = /ready at (\S+)/.exec(next.stdout())?.[1] ?? ''
    const session = await signIn({ url }, 'admin@localhost.localdomain', shown)
    for (const app of ['notes', 'tasks'])
      expect(await session.call(app, `list_${app}`)).toMatchObject({ status: 'success' })
    next.process.kill('SIGTERM')
    expect(await next.ended).toBe(0)
  }, 180_000)

  test('the second start keeps everything, prints no password and publishes nothing again', async () => {
    const url = `http://127.0.0.1:${port}`
    const before = await signIn({ url }, 'admin@localhost.localdomain', password())
    expect(await before.call('notes', 'create_note', { title: 'Still here tomorrow' })).toMatchObject({
      status: 'success',
    })
    program.process.kill('SIGTERM')
    expect(await program.ended).toBe(0)
    const given = { PORT: port, IMPERAL_REGISTRY_PORT: String(await freePort()), IMPERAL_DATA_DIR: dataDir }
    // The account has its address from the first start; it is told whatever this one says.
    const again = runProgram({ ...given, IMPERAL_ADMIN_EMAIL: 'other@example.com' }, ['setsid'])
    await untilReady(again)
    expect(again.stdout()).toBe(`Imperal is ready at ${url}\nSign in as admin@localhost.localdomain\n`)
    expect(again.stderr()).not.toContain('"outcome":"created"')
    const after = await signIn({ url }, 'admin@localhost.localdomain', password())
    const { data } = await after.call('notes', 'search_notes', { query: 'tomorrow' })
    expect(data).toMatchObject({ total: 1 })
    // As a terminal does: to everybody in the foreground group, also to the apps that run.
    process.kill(-(again.process.pid ?? 0), 'SIGINT')
    expect(await again.ended).toBe(0)
    expect(again.stdout()).toMatch(/\nImperal has stopped\.\n$/)
    expect(again.stderr()).not.toMatch(/EXT_CRASHED|an extension host ended/)
  }, 180_000)
})

describe('what prevents a start', () => {
  test('wrong settings are reported all together, each by its name', async () => {
    const settings = {
      PORT: 'http',
      DATABASE_URL: 'mysql://nowhere',
      IMPERAL_ADMIN_EMAIL: 'nobody',
      IMPERAL_ADMIN_PASSWORD: 'short',
      IMPERAL_ISOLATION: 'none',
      IMPERAL_PUBLIC_URL: 'ftp://files',
      IMPERAL_PAYOUT_MINIMUM: '0',
    }
    const program = runProgram(settings)
    expect(await program.ended).toBe(1)
    expectSentence(program, /settings/)
    for (const name of [
      'PORT',
      'DATABASE_URL',
      'IMPERAL_ADMIN_EMAIL',
      'IMPERAL_ADMIN_PASSWORD',
      'IMPERAL_ISOLATION',
      'IMPERAL_PUBLIC_URL',
      'IMPERAL_PAYOUT_MINIMUM',
    ])
      expect(program.stderr()).toContain(`  - ${name}: `)

    // Without a start everything else is told all the same.
    const { code, output } = await runMaintenance({ ...settings, IMPERAL_DATA_DIR: newFolder() }, ['doctor'])
    expect(code).toBe(1)
    expect(output).toMatch(/✗ settings: .*PORT: must be a whole number.*IMPERAL_PUBLIC_URL/)
    expect(output).toMatch(/✓ disk: /)
    expect(output).toMatch(/[✓!] isolation: Extensions run at level/)
  }, 180_000)

  test('a database that a newer version wrote is left alone', async () => {
    const dataDir = newFolder()
    const postgres = await startEmbeddedPostgres({ dataDir, log: () => {}, settings: { fsync: 'off' } })
    const owner = new pg.Client({ ...postgres.ownerConnection })
    await owner.connect()
    await owner.query(
      'create table public.imperal_migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    )
    await owner.query("insert into public.imperal_migration (name, checksum) values ('kernel/0999-later', 'x')")
    await owner.end()
    await postgres.stop()
    const program = runProgram({ ...(await ports()), IMPERAL_DATA_DIR: dataDir })
    expect(await program.ended).toBe(1)
    expectSentence(program, /written by a newer version.*kernel\/0999-later/)
  }, 180_000)

  test('an external database that does not answer', async () => {
    const settings = {
      ...(await ports()),
      IMPERAL_DATA_DIR: newFolder(),
      DATABASE_URL: `postgresql://imperal@127.0.0.1:${await freePort()}/imperal`,
    }
    const program = runProgram(settings)
    expect(await program.ended).toBe(1)
    expectSentence(program, /database of DATABASE_URL does not answer/)
    const examined = await runMaintenance(settings, ['doctor'])
    expect([examined.code, examined.output]).toEqual([
      1,
      expect.stringMatching(/✗ database: The database \(external\)/),
    ])
  }, 180_000)

  test.runIf(anotherUserCanRunIt)(
    'a data folder that this user cannot write',
    async () => {
      const dataDir = newFolder()
      chmodSync(dataDir, 0o555)
      const program = runProgram({ ...(await ports()), IMPERAL_DATA_DIR: dataDir }, AS_ANOTHER_USER)
      expect(await program.ended).toBe(1)
      expectSentence(program, /data folder .* cannot be written: permission denied/)
    },
    180_000,
  )

  test('a data folder that is a file', async () => {
    const program = runProgram({
      ...(await ports()),
      IMPERAL_DATA_DIR: path.join(import.meta.dirname, 'start.test.ts'),
    })
    expect(await program.ended).toBe(1)
    expectSentence(program, /data folder .* cannot be written: it is not a folder/)
  })
})

describe('an external PostgreSQL', () => {
  let postgres: EmbeddedPostgres
  let administrator: pg.Client
  const urlOf = (login: string) => {
    const { host, port } = postgres.superuserConnection
    return `postgresql://${login}@/elsewhere?host=${encodeURIComponent(host)}&port=${port}`
  }
  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ dataDir: newFolder(), log: () => {}, settings: { fsync: 'off' } })
    administrator = new pg.Client({ ...postgres.superuserConnection, database: 'postgres' })
    await administrator.connect()
    // What a hosting company gives: one login that owns one database and may create roles.
    for (const statement of [
      'drop database imperal',
      'drop role imperal_owner',
      'drop role imperal_app',
      'create role hosted login createrole',
      'create role guest login',
      'create database elsewhere owner hosted',
    ])
      await administrator.query(statement)
  }, 180_000)
  afterAll(async () => {
    await administrator.end().catch(() => undefined) // ended by its test
    await postgres.stop()
  })

  test('a login that may not make the role of the application is told what to ask for', async () => {
    const program = runProgram({ ...(await ports()), IMPERAL_DATA_DIR: newFolder(), DATABASE_URL: urlOf('guest') })
    expect(await program.ended).toBe(1)
    expectSentence(program, /login guest may not act as the role imperal_app.*grant imperal_app to/)
  }, 180_000)

  test('[DATABASE_URL] [I2-7] carries everything, under row-level security, and the data folder has no database', async () => {
    const server = await startTestServer({ env: { DATABASE_URL: urlOf('hosted') } })
    const admin = await signInAdmin(server)
    expect(await admin.call('notes', 'create_note', { title: 'Abroad' })).toMatchObject({ status: 'success' })
    expect(readdirSync(server.dataDir)).not.toContain('postgres')
    expect((await admin.request('GET', '/v1/admin/doctor')).status).toBe(200)
    const logins = await administrator.query(
      "select distinct usename from pg_stat_activity where datname = 'elsewhere' and backend_type = 'client backend'",
    )
    expect(logins.rows).toEqual([{ usename: expect.stringMatching(/^imperal_app_/) }])
    const app = new pg.Client({ connectionString: urlOf('hosted'), options: '-c role=imperal_app' })
    await app.connect()
    const titlesOf = async (tenant: string) => {
      await app.query("select set_config('imperal.tenant', $1, false)", [tenant])
      const { rows } = await app.query(
        "select data ->> 'title' as title from store.document where data ->> 'title' = 'Abroad'",
      )
      return rows
    }
    expect(await titlesOf('other')).toEqual([])
    expect(await titlesOf('default')).toEqual([{ title: 'Abroad' }])
    await app.end()

    // Its database goes: whoever runs the installation is told so, with everything that can still be told.
    const guest = { email: 'guest@example.com', password: 'quiet rivers turn slowly' }
    const byService = { 'x-service-token': server.serviceToken }
    const { body } = await send(`${server.url}/v1/auth/register`, 'POST', guest, byService)
    await administrator.end()
    await postgres.stop()
    const told = await admin.request('GET', '/v1/admin/doctor')
    expect(told.status).toBe(200)
    const checks = new Map((told.body as { checks: { name: string }[] }).checks.map((check) => [check.name, check]))
    expect(checks.get('database')).toMatchObject({
      status: 'fail',
      summary: expect.stringMatching(/^The database \(external\) does not answer: ./),
      fix: expect.stringMatching(/DATABASE_URL/),
    })
    for (const name of ['runtime', 'disk', 'settings']) expect(checks.get(name), name).toMatchObject({ status: 'ok' })
    expect(checks.get('isolation')).toMatchObject({ details: { level: expect.any(String) } })
    const asGuest = { authorization: `Bearer ${(body as { access_token: string }).access_token}` }
    expect((await send(`${server.url}/v1/admin/doctor`, 'GET', undefined, asGuest)).status).toBe(403)
    expect(await server.stop()).toBe(0)
  }, 180_000)
})

test('[lessons 24] SIGTERM under load: exit code 0, and whatever was acknowledged is there, once', async () => {
  const dataDir = newFolder()
  const server = await startTestServer({ dataDir })
  const admin = await signInAdmin(server)
  const acknowledged: string[] = []
  const cut: unknown[] = []
  const refused: number[] = []
  let stopping: Promise<number | null> | undefined
  const write = async (worker: number) => {
    for (let n = 0; n < 500; n++) {
      const title = `load ${worker}.${n}`
      const answer = await createNote(admin, title).catch((error: unknown) => {
        cut.push(error)
        return null
      })
      if (answer === null) return
      if (answer.status === 200) acknowledged.push(title)
      else refused.push(answer.status)
      if (acknowledged.length >= 200) stopping ??= server.stop()
      if (answer.status !== 200) return
    }
  }
  await Promise.all(Array.from({ length: 24 }, (_, worker) => write(worker)))
  expect(await stopping).toBe(0)
  expect(refused.filter((status) => status !== 503)).toEqual([])

  const again = await startTestServer({ dataDir })
  const database = await superuserOf(dataDir)
  const documents = await database.query<{ title: string }>(
    "select data ->> 'title' as title from store.document where data ->> 'title' like 'load %'",
  )
  const rows = await database.query<{ title: string; status: string }>(
    "select args ->> 'title' as title, status from ledger.action where function = 'create_note'",
  )
  // What the second start does by itself may be open.
  const open = await database.query("select * from kernel.open_call where draft::json ->> 'function' = 'create_note'")
  await database.end()
  expect(await again.stop()).toBe(0)
  // Every call that began was brought to its end: nothing is open, nothing unknown, each document has its row.
  expect(open.rows).toEqual([])
  expect(rows.rows.filter((row) => row.status !== 'success')).toEqual([])
  expect(documents.rows.map((row) => row.title).sort()).toEqual(rows.rows.map((row) => row.title).sort())
  expect(new Set(documents.rows.map((row) => row.title)).size).toBe(documents.rows.length)
  expect(documents.rows.map((row) => row.title)).toEqual(expect.arrayContaining(acknowledged))
  // Requests that were in flight got their answer before the connection closed.
  expect(documents.rows.length - acknowledged.length).toBe(0)
}, 240_000)

const createNote = (session: Session, title: string) =>
  session.request('POST', '/v1/extensions/notes/call', {
    user_id: session.userId,
    function: 'create_note',
    params: { title },
  })
