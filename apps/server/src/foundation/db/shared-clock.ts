import { type AdjustableClock, type Clock, systemClock } from '../clock.ts'
import type { Log } from '../log.ts'
import { type Database, EVERY_TENANT } from './database.ts'

const LOOK_MS = 30_000
/** Machines whose clocks are set by the network differ by less; then each takes its own, which is finer. */
const TOLERATED_MS = 1_000
/** A measure that took longer says too little. */
const SLOWEST_MS = 1_000

const NOW = 'select extract(epoch from clock_timestamp())::float8 * 1000 as now'

/** How far the database's clock is ahead of the machine's, in milliseconds; null: it could not be measured. */
async function ahead(db: Pick<Database, 'atomic'>, machine: Clock): Promise<number | null> {
  const asked = machine.now()
  const [result] = await db.atomic(EVERY_TENANT, [{ text: NOW, values: [] }])
  const told = machine.now()
  if (told - asked > SLOWEST_MS) return null
  return Number(result?.rows[0]?.now) - (asked + told) / 2
}

/**
 * Keeps a clock with that of the database, so that all processes of an installation have one time for leases, heartbeats,
 * deadlines and whatever is due: a machine whose own clock is wrong takes no work from others and loses none. Measures once
 * before it resolves. Gives a function that stops it.
 */
export async function keepWithDatabase(
  clock: AdjustableClock,
  { db, log, machine = systemClock }: { db: Pick<Database, 'atomic'>; log: Log; machine?: Clock },
): Promise<() => void> {
  let isOff = false
  const look = async (): Promise<void> => {
    const found = await ahead(db, machine)
    if (found === null) return
    const off = Math.abs(found) > TOLERATED_MS
    clock.adjust(off ? Math.round(found) : 0)
    if (off && !isOff)
      log.warn({ milliseconds: Math.round(-found) }, 'the clock of this machine is off, that of the database is taken')
    isOff = off
  }
  const lookSafely = () => look().catch((error) => log.warn({ err: error }, 'the database did not tell its time'))
  await lookSafely()
  const timer = setInterval(lookSafely, LOOK_MS).unref()
  return () => clearInterval(timer)
}
