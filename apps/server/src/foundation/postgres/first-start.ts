import pg from 'pg'

/** How to reach a database over the socket; fits `pg`'s client settings. */
export interface Connection {
  /** Folder of the socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

export const DATABASE = 'imperal'
export const OWNER_ROLE = 'imperal_owner'
export const APP_ROLE = 'imperal_app'

const ROLES = [
  `create role ${OWNER_ROLE} login nosuperuser nobypassrls`,
  `create role ${APP_ROLE} login nosuperuser nocreatedb nocreaterole nobypassrls`,
  `grant ${APP_ROLE} to ${OWNER_ROLE} with inherit false`,
]

/**
 * Creates the roles and the database. Idempotent: each start repeats it, since the very first one may have been killed
 * between two statements.
 */
export async function createRolesAndDatabase(superuser: Connection): Promise<void> {
  const client = new pg.Client({ ...superuser })
  await client.connect()
  try {
    const roles = await client.query('select 1 from pg_roles where rolname = any($1)', [[OWNER_ROLE, APP_ROLE]])
    if (roles.rows.length < 2) await client.query(`begin; ${ROLES.join('; ')}; commit`)
    const database = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (database.rows.length > 0) return
    await client.query(`create database ${DATABASE} owner ${OWNER_ROLE}`)
  } finally {
    await client.end()
  }
}
