import { existsSync } from 'node:fs'
import path from 'node:path'
import type { DoctorReport } from '@imperal/contract'
import pg from 'pg'
import { readSettings, type Settings, SettingsError } from '../foundation/config/index.ts'
import { openDatabase } from '../foundation/db/index.ts'
import { PlatformError } from '../foundation/errors.ts'
import { createLog } from '../foundation/log.ts'
import { leaveRuntimeFolder, lockDataFolder, makeRuntimeFolder } from '../foundation/postgres/index.ts'
import { describeSettings, modelOf, probePorts, startSentence, VERSION } from '../foundation/start/index.ts'
import {
  type Check,
  databaseCheck,
  diskCheck,
  type IsolationFacts,
  isolationCheck,
  mailCheck,
  modelCheck,
  type RefusedModel,
  readRefusedModels,
  runDoctor,
  runtimeCheck,
  settingsCheck,
} from '../modules/admin/index.ts'
import { openHosts } from '../modules/hosts/index.ts'
import { tryModel } from '../modules/llm/index.ts'
import { openOperatorDatabase } from './operator-database.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The settings without those that are wrong, so that everything else can still be examined. */
function usableSettings(env: Environment): { settings: Settings; problems: readonly string[] } {
  try {
    return { settings: readSettings(env), problems: [] }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    const wrong = new Set(error.problems.flatMap((problem) => problem.split(':')[0]?.split(', ') ?? []))
    const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !wrong.has(name)))
    return { settings: readSettings(rest), problems: error.problems }
  }
}

const sentenceOf = (error: unknown): string =>
  startSentence(error) ?? (error instanceof Error ? error.message : String(error))

const wrongSettings = (problems: readonly string[]): Check => ({
  name: 'settings',
  look: async () => ({
    status: 'fail',
    summary: `The settings are not usable: ${problems.join('; ')}`,
    fix: 'Correct them in the environment; docs/reference/settings.md describes each. The platform does not start with them.',
    details: { problems: [...problems] },
  }),
})

/** A server of this data folder runs. */
function isServed(folder: string): boolean {
  try {
    lockDataFolder(folder, 'instance').release()
    return false
  } catch (error) {
    return error instanceof PlatformError && error.code === 'POSTGRES_DATA_FOLDER_IN_USE'
  }
}

const portsCheck = (settings: Settings, served: boolean): Check => ({
  name: 'ports',
  async look() {
    const details = { host: settings.HOST, port: settings.PORT, registry_port: settings.registryPort }
    if (served) return { status: 'ok', summary: 'The platform of this data folder runs', fix: null, details }
    try {
      await probePorts(settings)
      return { status: 'ok', summary: `Port ${settings.PORT} of ${settings.HOST} is free`, fix: null, details }
    } catch (error) {
      const fix = 'The platform does not start before this is mended.'
      return { status: 'fail', summary: sentenceOf(error), fix, details }
    }
  },
})

/** Models whose keys were refused while the platform ran. */
async function readRefused(owner: pg.ClientConfig): Promise<readonly RefusedModel[]> {
  const db = openDatabase(owner, { pipelines: 1, maximum: 1 })
  try {
    return await readRefusedModels(db)
  } finally {
    await db.close()
  }
}

/** Starts the embedded database when nobody runs it, and stops it again. */
async function readDatabase(settings: Settings) {
  const database = await openOperatorDatabase(settings)
  const client = new pg.Client({ connectionTimeoutMillis: 4_000, ...database.owner })
  client.on('error', () => {}) // what breaks is told by the query
  try {
    await client.connect()
    const { rows } = await client.query(
      `select current_setting('server_version') as version, pg_database_size(current_database()) as size`,
    )
    const facts = { version: String(rows[0].version), sizeBytes: Number(rows[0].size), openCalls: null }
    const { rows: found } = await client.query(`select to_regclass('llm.usage') is not null as used`)
    return { facts, refused: found[0].used === true ? await readRefused(database.owner) : [] }
  } finally {
    await client.end().catch(() => undefined) // one that never connected
    await database.close()
  }
}

async function readIsolation(settings: Settings): Promise<IsolationFacts> {
  const runtimeDir = makeRuntimeFolder(path.join(settings.IMPERAL_DATA_DIR, 'doctor'))
  const hosts = await openHosts({
    runtimeDir,
    log: createLog({ level: 'silent' }),
    isolation: settings.IMPERAL_ISOLATION,
  })
  try {
    const { level, why, advice, ...details } = hosts.isolation()
    const minimum = settings.IMPERAL_MINIMUM_ISOLATION
    return { level, why, advice, minimum, details: JSON.parse(JSON.stringify(details)) }
  } finally {
    await hosts.close()
    leaveRuntimeFolder(runtimeDir)
  }
}

const notYet = (settings: Settings): Check => ({
  name: 'data folder',
  look: async () => ({
    status: 'ok',
    summary: `${settings.IMPERAL_DATA_DIR} does not exist yet; the first start makes it`,
    fix: null,
    details: {},
  }),
})

/** Whether the model of the settings answers; nobody else has asked it lately, or ever. */
async function askModel(settings: Settings) {
  const source = modelOf(settings)
  return source === null ? null : tryModel(source, fetch, () => performance.now())
}

/**
 * What can be told of this installation while the platform does not run: settings, ports, disk, database, isolation, and
 * whether its model answers. Nothing is changed; each is examined although the others are broken.
 */
export async function examine(env: Environment): Promise<DoctorReport> {
  const { settings, problems } = usableSettings(env)
  const folder = settings.IMPERAL_DATA_DIR
  const isThere = existsSync(folder)
  const source = settings.DATABASE_URL === undefined ? 'embedded' : 'external'
  // A cluster that is not there yet must not come to be by looking for it.
  const hasDatabase = source === 'external' || existsSync(path.join(folder, 'postgres'))
  const asking = tried(() => askModel(settings))
  const readDatabaseNow = hasDatabase ? await tried(() => readDatabase(settings)) : null
  const refused = async () => (await readDatabaseNow?.().catch(() => null))?.refused ?? [] // the check of the database tells why
  const checks: Check[] = [
    runtimeCheck(VERSION),
    problems.length > 0 ? wrongSettings(problems) : settingsCheck(describeSettings(settings)),
    portsCheck(settings, isThere && isServed(folder)),
    isThere ? diskCheck(folder) : notYet(settings),
    ...(readDatabaseNow === null ? [] : [databaseCheck(source, async () => (await readDatabaseNow()).facts)]),
    ...(isThere ? [await isolation(settings)] : []),
    modelCheck(modelOf(settings), refused, await asking),
    mailCheck(settings.SMTP_URL !== undefined, path.join(folder, 'mail')),
  ]
  return runDoctor(checks, () => new Date().toISOString())
}

/** Starting a database or a sandbox may take longer than a check has: done before, and told by the check. */
async function tried<T>(look: () => Promise<T>): Promise<() => Promise<T>> {
  const [outcome] = await Promise.allSettled([look()])
  return async () => {
    if (outcome.status === 'rejected') throw new Error(sentenceOf(outcome.reason), { cause: outcome.reason })
    return outcome.value
  }
}

async function isolation(settings: Settings): Promise<Check> {
  const read = await tried(() => readIsolation(settings))
  const facts = await read().catch((error: Error) => error)
  return isolationCheck(() => {
    if (facts instanceof Error) throw facts
    return facts
  })
}

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const

/** The report as lines of a terminal. */
export const linesOf = ({ checks }: DoctorReport): string[] =>
  checks.flatMap(({ name, status, summary, fix }) => [
    `${MARKS[status]} ${name}: ${summary}`,
    ...(fix === null ? [] : [`    ${fix}`]),
  ])
