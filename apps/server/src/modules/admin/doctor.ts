import { randomUUID } from 'node:crypto'
import { rm, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { DoctorCheck, DoctorReport, JsonObject } from '@imperal/contract'

/** One thing to examine. A check that throws is a finding, not a crash. */
export interface Check {
  readonly name: string
  look(): Promise<Omit<DoctorCheck, 'name'>>
}

const LONGEST_MS = 5_000

async function examine(check: Check): Promise<DoctorCheck> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${LONGEST_MS / 1000} s`)), LONGEST_MS)
  })
  try {
    return { name: check.name, ...(await Promise.race([check.look(), late])) }
  } catch (error) {
    const reason = told(error)
    return {
      name: check.name,
      status: 'fail',
      summary: `This could not be examined: ${reason}`,
      fix: null,
      details: {},
    }
  } finally {
    clearTimeout(timer)
  }
}

/** Runs every check, each with its own time limit; the report's status is the worst finding. */
export async function runDoctor(checks: readonly Check[], now: () => string): Promise<DoctorReport> {
  const found = await Promise.all(checks.map(examine))
  const has = (status: DoctorCheck['status']) => found.some((check) => check.status === status)
  return { status: has('fail') ? 'fail' : has('warn') ? 'warn' : 'ok', generated_at: now(), checks: found }
}

const ok = (summary: string, details: JsonObject = {}): Omit<DoctorCheck, 'name'> => ({
  status: 'ok',
  summary,
  fix: null,
  details,
})
const warn = (summary: string, fix: string, details: JsonObject = {}): Omit<DoctorCheck, 'name'> => ({
  status: 'warn',
  summary,
  fix,
  details,
})
const fail = (summary: string, fix: string, details: JsonObject = {}): Omit<DoctorCheck, 'name'> => ({
  status: 'fail',
  summary,
  fix,
  details,
})

export interface DatabaseFacts {
  readonly version: string
  readonly sizeBytes: number
  /** Null: nobody runs calls now. */
  readonly openCalls: number | null
}

export const runtimeCheck = (version: string): Check => ({
  name: 'runtime',
  async look() {
    const details = {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      imperal: version,
      uptime_s: Math.floor(process.uptime()),
      rss_mb: Math.round(process.memoryUsage.rss() / 1_048_576),
    }
    return ok(`Imperal ${version} on Node ${process.version}`, details)
  },
})

const MEND_DATABASE: Readonly<Record<'embedded' | 'external', string>> = {
  embedded: 'Stop the platform and start it again; its log says what PostgreSQL has to complain about.',
  external: 'See that the PostgreSQL of DATABASE_URL runs and takes connections; the platform goes on by itself then.',
}

/** Node joins what it heard from several addresses into an error without words. */
const told = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map(told).join('; ')
    : error instanceof Error
      ? error.message
      : String(error)

export const databaseCheck = (source: 'embedded' | 'external', read: () => Promise<DatabaseFacts>): Check => ({
  name: 'database',
  async look() {
    let facts: DatabaseFacts
    try {
      facts = await read()
    } catch (error) {
      return fail(`The database (${source}) does not answer: ${told(error)}`, MEND_DATABASE[source], { source })
    }
    const details = { source, ...facts }
    if (facts.openCalls !== null && facts.openCalls > 100)
      return warn(`${facts.openCalls} calls are open`, 'Look at the extension processes below: some may hang.', details)
    return ok(`PostgreSQL ${facts.version} (${source}), ${Math.round(facts.sizeBytes / 1_048_576)} MB`, details)
  },
})

export interface NodeSummary {
  readonly name: string
  readonly version: string
  readonly roles: readonly string[]
  readonly startedAt: Date
}

const DUTIES = { gateway: 'answers people', kernel: 'runs apps for callers', worker: 'works on what waits' } as const

export const nodesCheck = (read: () => Promise<readonly NodeSummary[]>): Check => ({
  name: 'processes',
  async look() {
    const nodes = await read()
    const details = {
      nodes: nodes.map(({ name, version, roles, startedAt }) => ({
        ...{ name, version, roles: [...roles] },
        started_at: startedAt.toISOString(),
      })),
    }
    const idle = Object.entries(DUTIES).filter(([role]) => !nodes.some(({ roles }) => roles.includes(role)))
    const [missing] = idle
    if (missing !== undefined)
      return fail(`No process ${missing[1]}`, `Start one with \`--roles ${missing[0]}\`.`, details)
    const versions = new Set(nodes.map(({ version }) => version))
    if (versions.size > 1)
      return warn(
        `The processes run ${versions.size} versions: ${[...versions].join(', ')}`,
        'Finish the upgrade of the older ones.',
        details,
      )
    return ok(nodes.length === 1 ? 'One process does everything' : `${nodes.length} processes share the work`, details)
  },
})

export interface DeadEvents {
  readonly app_id: string
  readonly handler: string
  readonly events: number
  readonly last_at: string
}

export const eventsCheck = (read: () => Promise<readonly DeadEvents[]>): Check => ({
  name: 'events',
  async look() {
    const dead = await read()
    const total = dead.reduce((sum, { events }) => sum + events, 0)
    if (total === 0) return ok('Every event of the last seven days reached its handlers')
    const [worst] = dead
    return warn(
      `${total} events of the last seven days failed at every attempt, most of them in ${worst?.handler} of ${worst?.app_id}`,
      'Read the log of the app; the events are kept in kernel.dead_event.',
      { handlers: dead.map((one) => ({ ...one })) },
    )
  },
})

export interface UnwellApp {
  readonly app_id: string
  readonly version: string
  readonly status: string
  readonly message: string
  /** Failed checks in a row. */
  readonly failures: number
  readonly checked_at: string
}

const FAILURES_THAT_COUNT = 3

/** Health checks of apps (K7.21): what fails again and again is the operator's to know, and nobody's to switch off. */
export const appsCheck = (read: () => Promise<readonly UnwellApp[]>): Check => ({
  name: 'apps',
  async look() {
    const unwell = await read()
    if (unwell.length === 0) return ok('Every app that has a health check passed it the last time')
    const lasting = unwell.filter(({ failures }) => failures >= FAILURES_THAT_COUNT)
    const details = { apps: unwell.map((one) => ({ ...one })) }
    const names = unwell.map(({ app_id: appId }) => appId).join(', ')
    if (lasting.length === 0) return ok(`Not well at the last check: ${names}`, details)
    const [worst] = lasting
    return warn(
      `${worst?.app_id} has failed ${worst?.failures} health checks in a row${worst?.message ? `: ${worst.message}` : ''}`,
      'Read the log of the app and tell its developer. Its functions are offered with a warning.',
      details,
    )
  },
})

export interface KeyFacts {
  readonly provider: string
  readonly currentKeyId: string
  readonly wrappedBy: Readonly<Record<string, number>>
}

export const keysCheck = (read: () => Promise<KeyFacts>): Check => ({
  name: 'keys',
  async look() {
    const { provider, currentKeyId, wrappedBy } = await read()
    const details = { provider, current_key_id: currentKeyId, data_keys: { ...wrappedBy } }
    const older = Object.entries(wrappedBy).reduce((sum, [id, keys]) => (id === currentKeyId ? sum : sum + keys), 0)
    if (older > 0)
      return warn(
        `${older} data keys are locked with an older key than ${currentKeyId}`,
        'Finish the rotation with `imperal keys rotate`; keep the older keys until then.',
        details,
      )
    return ok(`Secrets are locked with ${currentKeyId}`, details)
  },
})

/** Why a file cannot be written in the folder; null when one was, and is gone again. */
async function refusalToWrite(folder: string): Promise<string | null> {
  const file = path.join(folder, `.doctor-${randomUUID()}`)
  try {
    await writeFile(file, 'x')
    return null
  } catch (error) {
    return told(error)
  } finally {
    await rm(file, { force: true }).catch(() => undefined) // what could not be written need not go
  }
}

export const diskCheck = (folder: string): Check => ({
  name: 'disk',
  async look() {
    const disk = await statfs(folder)
    const freeMb = Math.floor((disk.bavail * disk.bsize) / 1_048_576)
    const details = { folder, free_mb: freeMb }
    const refusal = await refusalToWrite(folder)
    if (refusal !== null)
      return fail(
        `Nothing can be written in ${folder}: ${refusal}`,
        'Mend the disk or its mount, and see that the user of the platform owns the folder.',
        details,
      )
    if (freeMb < 200)
      return fail(
        `Only ${freeMb} MB are free in ${folder}`,
        'Free some space: PostgreSQL stops when the disk is full.',
        details,
      )
    if (freeMb < 2_000) return warn(`${freeMb} MB are free in ${folder}`, 'Plan for more space.', details)
    return ok(`${Math.floor(freeMb / 1024)} GB are free in the data folder`, details)
  },
})

export interface IsolationFacts {
  readonly level: 'full' | 'namespaced' | 'process'
  readonly why: string
  /** How to get more on this machine, where that is known. */
  readonly advice: string | null
  readonly minimum: 'full' | 'namespaced' | 'process'
  readonly details: JsonObject
}
const RANK = { process: 0, namespaced: 1, full: 2 } as const

export const isolationCheck = (read: () => IsolationFacts): Check => ({
  name: 'isolation',
  async look() {
    const facts = read()
    const details = { level: facts.level, minimum: facts.minimum, why: facts.why, ...facts.details }
    const fix = facts.advice ?? 'Choose a stronger level with IMPERAL_ISOLATION=auto.'
    if (RANK[facts.level] < RANK[facts.minimum]) {
      return fail(
        `Extensions run at level "${facts.level}", below the required "${facts.minimum}": third-party extensions are refused`,
        fix,
        details,
      )
    }
    if (facts.level === 'full') return ok('Extensions run at level "full"', details)
    return warn(`Extensions run at level "${facts.level}": ${facts.why}`, fix, details)
  },
})

export const hostsCheck = (read: () => readonly JsonObject[]): Check => ({
  name: 'extension processes',
  async look() {
    const hosts = read()
    const disabled = hosts.filter((host) => host.state === 'disabled')
    const details = { processes: [...hosts] }
    if (disabled.length > 0)
      return warn(
        `${disabled.length} extension versions were stopped after repeated crashes`,
        'Read their logs and deploy a repaired version.',
        details,
      )
    return ok(`${hosts.length} extension processes are alive`, details)
  },
})

export interface RefusedModel {
  readonly provider: string
  readonly model: string
  /** Requests of the last day that were refused. */
  readonly requests: number
  readonly last_at: string
  /** Another model of the installation has answered since. */
  readonly others_answer: boolean
}

const MEND_KEY =
  'Store a key that the provider accepts under Admin, Models, or in IMPERAL_LLM_API_KEY and start anew. This line goes with the next request that is answered.'

/** What came of asking the model for a word. */
export interface TriedModel {
  readonly ok: boolean
  readonly latency_ms: number
  readonly error: string | null
}

const MEND_MODEL =
  'Correct IMPERAL_LLM_API_KEY, IMPERAL_LLM_MODEL or IMPERAL_LLM_BASE_URL, and see that this machine reaches the provider.'

/**
 * The model of the installation (K9.1), and whether its provider accepted the key when it was asked last; where nobody asks,
 * whether it answers now.
 */
export const modelCheck = (
  configured: { provider: string; model: string } | null,
  readRefused: () => Promise<readonly RefusedModel[]> = async () => [],
  askNow: () => Promise<TriedModel | null> = async () => null,
): Check => ({
  name: 'language model',
  async look() {
    const tried = configured === null ? null : await askNow()
    if (configured !== null && tried?.ok === false) {
      const { provider, model } = configured
      const summary = `The provider ${provider} gives no answer with ${model || 'its default model'}: ${tried.error}`
      return fail(summary, MEND_MODEL, { provider, model })
    }
    // What answers now was mended since.
    const isMended = (one: RefusedModel) =>
      tried !== null && one.provider === configured?.provider && one.model === configured.model
    const refused = (await readRefused()).filter((one) => !isMended(one))
    const [latest] = refused
    if (latest !== undefined) {
      const say = latest.others_answer ? warn : fail
      const told = `The provider ${latest.provider} does not accept the key for ${latest.model}: ${latest.requests} requests were refused within a day`
      return say(told, MEND_KEY, { refused: refused.map((one) => ({ ...one })) })
    }
    if (configured) {
      // Named one by one: what is configured holds the key as well.
      const { provider, model } = configured
      const answered = tried === null ? '' : `; it answered within ${tried.latency_ms} ms`
      return ok(`The installation uses ${provider}, model ${model || 'default'}${answered}`, { provider, model })
    }
    return warn(
      'No language model is configured for the installation',
      'Set IMPERAL_LLM_PROVIDER, IMPERAL_LLM_MODEL and IMPERAL_LLM_API_KEY, or let users bring their own. Commands, panels and forms work without one.',
    )
  },
})

export const mailCheck = (smtp: boolean, folder: string): Check => ({
  name: 'mail',
  async look() {
    return smtp
      ? ok('Mails go to the configured SMTP server')
      : warn(`No SMTP_URL: every mail is written to ${folder}`, 'Set SMTP_URL before you let others sign up.')
  },
})

export const settingsCheck = (values: JsonObject): Check => ({
  name: 'settings',
  look: async () => ok(`Profile ${String(values.profile)}`, values),
})
