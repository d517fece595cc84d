import { readFileSync } from 'node:fs'
import { type Bus, openBus } from '../foundation/bus.ts'
import { adjustableClock, type Clock } from '../foundation/clock.ts'
import type { Settings } from '../foundation/config/index.ts'
import { type Database, keepWithDatabase, migrate, openAppLogin, openDatabase } from '../foundation/db/index.ts'
import { createRateLimiter, type RateLimiter } from '../foundation/http/index.ts'
import { type Jobs, openJobs } from '../foundation/jobs/index.ts'
import { type Keyring, openKeyring } from '../foundation/keyring.ts'
import {
  type DataKeys,
  firstFileKey,
  joinProviders,
  type KeyProvider,
  openDataKeys,
  openFileKeys,
  openTransitKeys,
} from '../foundation/keys/index.ts'
import type { Log } from '../foundation/log.ts'
import { openMailer, openMailKeeper, openPost, type Post } from '../foundation/mail/index.ts'
import { lockDataFolder } from '../foundation/postgres/index.ts'
import { type Closing, probePorts, startDatabase } from '../foundation/start/index.ts'
import type { Telemetry } from '../foundation/telemetry/index.ts'
import { openTelemetryOf } from './open-telemetry.ts'

/** What every module stands on. */
export interface Ground {
  readonly settings: Settings
  readonly log: Log
  readonly closing: Closing
  readonly clock: Clock
  readonly dataDir: string
  readonly databaseSource: 'embedded' | 'external'
  readonly db: Database
  readonly bus: Bus
  readonly provider: KeyProvider
  readonly dataKeys: DataKeys
  readonly keyring: Keyring
  readonly post: Post
  readonly limiter: RateLimiter
  readonly jobs: Jobs
  readonly telemetry: Telemetry
  /** Multiplies the documented request limits. */
  readonly limitFactor: number
}

/** Keys lie in files unless a key service is named; files that were used before go on opening what they locked. */
function openProvider(settings: Settings): KeyProvider {
  const { IMPERAL_KEY_SERVICE_URL: url, IMPERAL_KEY_SERVICE_TOKEN_FILE: file } = settings
  if (url === undefined) return openFileKeys(settings.keysDir)
  const service = openTransitKeys({
    url,
    key: settings.IMPERAL_KEY_SERVICE_KEY,
    token: () => (file === undefined ? (settings.IMPERAL_KEY_SERVICE_TOKEN ?? '') : readFileSync(file, 'utf8').trim()),
    timeoutMs: settings.IMPERAL_KEY_SERVICE_TIMEOUT_MS,
  })
  return joinProviders(service, openFileKeys(settings.keysDir))
}

async function openKeys(parts: Pick<Ground, 'settings' | 'db' | 'bus' | 'log' | 'clock' | 'closing'>) {
  const { settings, clock, closing } = parts
  const provider = openProvider(settings)
  const dataKeys = openDataKeys({ ...parts, provider, cacheMs: settings.IMPERAL_KEY_CACHE_S * 1000 })
  closing.add(() => dataKeys.close())
  const legacy = () => firstFileKey(settings.keysDir)
  const keyring = await openKeyring({ dataKeys, legacy, log: parts.log, now: clock.now })
  closing.add(() => keyring.close())
  return { provider, dataKeys, keyring }
}

/** Takes the data folder, starts and migrates the database, opens the foundation. */
export async function openGround(settings: Settings, log: Log, closing: Closing): Promise<Ground> {
  const clock = adjustableClock()
  const lock = lockDataFolder(settings.IMPERAL_DATA_DIR, 'instance')
  closing.add(() => lock.release())
  await probePorts(settings)
  const database = await startDatabase(settings, log)
  closing.add(() => database.stop())
  void database.ended.then(() => closing.failed('The embedded PostgreSQL ended unexpectedly.'))
  await migrate(database.owner)
  const app = database.app ?? (await openAppLogin(database.owner, log))
  const db = openDatabase(app)
  closing.add(() => db.close())
  closing.add(await keepWithDatabase(clock, { db, log }))
  const bus = await openBus(app, log)
  closing.add(() => bus.close())
  const mailer = openMailer({
    smtpUrl: settings.SMTP_URL,
    from: settings.IMPERAL_MAIL_FROM,
    dataDir: settings.IMPERAL_DATA_DIR,
    log,
  })
  const post = openPost(mailer, log, { keeper: openMailKeeper({ db, clock }) })
  closing.add(() => post.close())
  const telemetry = await openTelemetryOf(settings, log)
  closing.add(() => telemetry.close())
  const limiter = createRateLimiter(db, clock)
  closing.add(() => limiter.close())
  const jobs = await openJobs({ connection: app, log, telemetry, worker: settings.IMPERAL_ROLES.includes('worker') })
  closing.add(() => jobs.close())
  return {
    settings,
    log,
    closing,
    clock,
    dataDir: lock.folder,
    databaseSource: database.source,
    db,
    bus,
    ...(await openKeys({ settings, db, bus, log, clock, closing })),
    post,
    limiter,
    jobs,
    telemetry,
    limitFactor: settings.profile === 'production' ? 1 : 100,
  }
}
