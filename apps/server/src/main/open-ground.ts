import { type Bus, openBus } from '../foundation/bus.ts'
import { type Clock, systemClock } from '../foundation/clock.ts'
import type { Settings } from '../foundation/config/index.ts'
import { type Database, migrate, openAppLogin, openDatabase } from '../foundation/db/index.ts'
import { createRateLimiter, type RateLimiter } from '../foundation/http/index.ts'
import { type Jobs, openJobs } from '../foundation/jobs/index.ts'
import { type Keyring, openKeyring } from '../foundation/keyring.ts'
import type { Log } from '../foundation/log.ts'
import { openMailer, openPost, type Post } from '../foundation/mail/index.ts'
import { lockDataFolder } from '../foundation/postgres/index.ts'
import { type Closing, startDatabase } from '../foundation/start/index.ts'

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
  readonly keyring: Keyring
  readonly post: Post
  readonly limiter: RateLimiter
  readonly jobs: Jobs
  /** Multiplies the documented request limits. */
  readonly limitFactor: number
}

/** Takes the data folder, starts and migrates the database, opens the foundation. */
export async function openGround(settings: Settings, log: Log, closing: Closing): Promise<Ground> {
  const clock = systemClock
  const lock = lockDataFolder(settings.IMPERAL_DATA_DIR, 'instance')
  closing.add(() => lock.release())
  const database = await startDatabase(settings, log)
  closing.add(() => database.stop())
  void database.ended.then(() => closing.failed('The embedded PostgreSQL ended unexpectedly.'))
  await migrate(database.owner)
  const app = database.app ?? (await openAppLogin(database.owner, log))
  const db = openDatabase(app)
  closing.add(() => db.close())
  const bus = await openBus(app, log)
  closing.add(() => bus.close())
  const mailer = openMailer({
    smtpUrl: settings.SMTP_URL,
    from: settings.IMPERAL_MAIL_FROM,
    dataDir: settings.IMPERAL_DATA_DIR,
    log,
  })
  const post = openPost(mailer, log)
  closing.add(() => post.close())
  const jobs = await openJobs({ connection: app, log, worker: true })
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
    keyring: openKeyring(settings.IMPERAL_DATA_DIR),
    post,
    limiter: createRateLimiter(db, clock),
    jobs,
    limitFactor: settings.profile === 'production' ? 1 : 100,
  }
}
