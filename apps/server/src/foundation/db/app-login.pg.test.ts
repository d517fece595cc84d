import { randomBytes } from 'node:crypto'
import pg from 'pg'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { migrate, openAppLogin, openDatabase } from './index.ts'

const database = await createTestDatabase()
const superuser = new pg.Client(database.superuserConnection)
const suffix = randomBytes(4).toString('hex')
const [maker, plain] = [`maker_${suffix}`, `plain_${suffix}`]
const made = new Set<string>([maker, plain])

function listening() {
  const lines: { level: number; msg: string }[] = []
  return { lines, log: pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) }) }
}

beforeAll(async () => {
  await superuser.connect()
  await superuser.query(`create role ${maker} login createrole password 'owner-secret'`)
  await superuser.query(`grant imperal_app to ${maker} with admin option`)
  await superuser.query(`create role ${plain} login password 'owner-secret'`)
})
afterAll(async () => {
  // What a role granted goes first.
  for (const role of [...made].reverse()) await superuser.query(`drop role if exists ${role}`)
  await superuser.end()
})

const owner = (user: string) => ({ ...database.ownerConnection, user, password: 'owner-secret' })

async function as<T>(settings: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(settings)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
const refusalOf = (client: pg.Client, text: string) =>
  client.query(text).then(
    () => 'allowed',
    (error) => error.code as string,
  )

test('the application gets a login of its own, from which no way leads to the rights of the owner', async () => {
  const { log, lines } = listening()
  const settings = await openAppLogin(owner(maker), log)
  made.add(String(settings.user))
  expect(settings.user).toMatch(/^imperal_app_[0-9a-f]{10}$/)
  expect(lines.map(({ level }) => level)).toEqual([30])
  await as(settings, async (client) => {
    const now = async () => (await client.query('select session_user as login, current_user as role')).rows[0]
    expect(await now()).toEqual({ login: settings.user, role: 'imperal_app' })
    // What an injected statement would do first.
    await client.query('set role none')
    expect(await now()).toEqual({ login: settings.user, role: settings.user })
    for (const statement of [
      `set role ${maker}`,
      'set role imperal_owner',
      `set session authorization ${maker}`,
      'create role another',
      'alter table audit.entry disable row level security',
      'delete from audit.entry',
    ])
      expect([statement, await refusalOf(client, statement)]).toEqual([statement, '42501'])
  })
  const db = openDatabase(settings)
  await db.tenant('mine', (tx) => tx.selectFrom('audit.entry').selectAll().execute())
  await db.close()
})

test('every node comes to the same login, also when its password was set to something else', async () => {
  const { log } = listening()
  const first = await openAppLogin(owner(maker), log)
  await superuser.query(`alter role ${first.user} password 'something else'`)
  const again = await openAppLogin(owner(maker), log)
  expect([again.user, again.password]).toEqual([first.user, first.password])
  await as(again, (client) => client.query('select 1'))
})

test('an address as in DATABASE_URL is taken apart, and its password is not the one of the login', async () => {
  const { host, port, database: name } = database.ownerConnection
  const address = `postgresql://${maker}:owner-secret@/${name}?host=${encodeURIComponent(host)}&port=${port}`
  const settings = await openAppLogin({ connectionString: address }, listening().log)
  expect(settings.connectionString).toBeUndefined()
  expect(settings.password).not.toContain('owner-secret')
  await as(settings, (client) => client.query('select 1'))
})

test('where no login can be made it is the old way, and the log says so', async () => {
  const { log, lines } = listening()
  const other = await createTestDatabase()
  const settings = await openAppLogin(other.ownerConnection, log)
  expect(settings).toEqual({ ...other.ownerConnection, options: '-c role=imperal_app' })
  expect(lines).toEqual([expect.objectContaining({ level: 40, reason: expect.stringMatching(/permission denied/) })])
  expect(lines[0]?.msg).toMatch(/has none of its own: let that login create roles/)
  await as(settings, async (client) => {
    expect((await client.query('select current_user as role')).rows).toEqual([{ role: 'imperal_app' }])
  })
})

test('a login that may not act as the application is told what PostgreSQL said', async () => {
  await expect(migrate(owner(plain))).rejects.toMatchObject({
    code: 'DATABASE_ROLE_UNUSABLE',
    message: expect.stringMatching(/permission denied/),
  })
})
