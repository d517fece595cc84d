import { createHash, createHmac } from 'node:crypto'
import pg from 'pg'
import type { Log } from '../log.ts'

/** Where a client connects, after `pg` has read the address, the environment and the defaults. */
interface Place {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | null
  readonly ssl: pg.ClientConfig['ssl']
}

const placeOf = (client: pg.Client): Place =>
  (client as unknown as { connectionParameters: Place }).connectionParameters // not in the types of `pg`

/** Name and password are made of the owner's, so every node that is given the same address comes to the same ones. */
function loginOf({ database, user, password }: Place): { name: string; password: string } {
  const key = createHmac('sha256', password ?? '').update(`imperal application login\n${user}\n${database}`)
  const name = `imperal_app_${createHash('sha256').update(database).digest('hex').slice(0, 10)}`
  return { name, password: key.digest('base64url') }
}

const CAN_SIGN_IN = `select rolcanlogin and not (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls) as fits,
  not exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = l.oid and r.rolname <> 'imperal_app') as alone
from pg_roles l where rolname = $1`

/** Makes the login, or sets its password anew when the owner's changed. */
async function makeLogin(client: pg.Client, login: { name: string; password: string }): Promise<void> {
  const name = pg.escapeIdentifier(login.name)
  const password = pg.escapeLiteral(login.password)
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [login.name])
  if (rowCount === 0)
    await client.query(
      `create role ${name} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password ${password}`,
    )
  else await client.query(`alter role ${name} login password ${password}`)
  await client.query(`grant imperal_app to ${name}`)
  const { rows } = await client.query<{ fits: boolean; alone: boolean }>(CAN_SIGN_IN, [login.name])
  if (rows[0]?.fits !== true || rows[0].alone !== true)
    throw new Error(`the role ${login.name} may do more than it should`)
}

/** @throws when this login cannot connect or take its role */
async function tryLogin(settings: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(settings)
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end().catch(() => undefined) // a connection that was never made cannot be ended
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * How the application connects to an external database: with a login of its own that has the rights of `imperal_app` and
 * no others, so that not even a `set role none` reaches the owner's. Where the owner may not make logins, or the server does
 * not let the new one in, it is the owner's login under that role, as before, and the log says so. For after `migrate`.
 */
export async function openAppLogin(owner: pg.ClientConfig, log: Log): Promise<pg.ClientConfig> {
  const client = new pg.Client(owner)
  try {
    await client.connect()
    const place = placeOf(client)
    const login = loginOf(place)
    const { host, port, database, ssl } = place
    const own: pg.ClientConfig = {
      host,
      port,
      database,
      user: login.name,
      password: login.password,
      options: '-c role=imperal_app',
      ...(ssl === undefined ? {} : { ssl }),
      ...(owner.connectionTimeoutMillis === undefined
        ? {}
        : { connectionTimeoutMillis: owner.connectionTimeoutMillis }),
    }
    const works = await tryLogin(own).then(
      () => true,
      () => false, // not made yet, or with another password
    )
    if (!works) await makeLogin(client, login)
    await tryLogin(own)
    log.info({ login: login.name }, 'the application uses a database login of its own')
    return own
  } catch (error) {
    log.warn(
      { reason: reasonOf(error) },
      'the application works with the login of DATABASE_URL under the role imperal_app, for it has none of its own: ' +
        'let that login create roles (alter role … createrole) to keep the rights of the owner out of its reach',
    )
    return { ...owner, options: '-c role=imperal_app' }
  } finally {
    await client.end().catch(() => undefined) // as above
  }
}
