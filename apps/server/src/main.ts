import { setImmediate as nextTurn } from 'node:timers/promises'
import { readArguments, readSettings } from './foundation/config/index.ts'
import { createLog } from './foundation/log.ts'
import { Closing, Stopped, startSentence } from './foundation/start/index.ts'
import { firstRun, forgetFirstPassword, openDoors } from './main/open-doors.ts'
import { openFacts } from './main/open-facts.ts'
import { openGround } from './main/open-ground.ts'
import { openCore } from './main/open-kernel.ts'
import { openServices } from './main/open-services.ts'
import { measurePlatform } from './main/open-telemetry.ts'
import { isOperation, operate } from './main/operate.ts'

/** Opens the platform layer by layer, tells where it is, and closes it in reverse when a signal comes. */
async function main(): Promise<void> {
  const closing = new Closing()
  try {
    const [word, ...rest] = process.argv.slice(2)
    if (isOperation(word)) {
      const { lines, code } = await operate(word, rest)
      process.stdout.write(`${lines.join('\n')}\n`)
      process.exitCode = code
      return
    }
    const settings = readSettings({ ...process.env, ...readArguments(process.argv.slice(2)) })
    const log = createLog({ level: settings.IMPERAL_LOG_LEVEL, pretty: process.stderr.isTTY === true })
    closing.listen(log)
    const ground = await openGround(settings, log, closing)
    const facts = await openFacts(ground)
    const core = await openCore(ground, facts)
    const services = openServices(ground, facts, core)
    measurePlatform(ground, facts, core, services)
    const { email, password } = await firstRun(ground, facts)
    const gateway = await openDoors(ground, facts, core, services)
    closing.opened()
    if (!settings.IMPERAL_ROLES.includes('gateway')) {
      process.stdout.write(
        `Imperal (${settings.IMPERAL_ROLES.join(', ')}) is ready; its health is at ${gateway.url}/healthz\n`,
      )
      return
    }
    const secret = password === null ? '' : ` with the password ${password} (shown only now)`
    process.stdout.write(`Imperal is ready at ${gateway.url}\nSign in as ${email}${secret}\n`)
    forgetFirstPassword(ground)
  } catch (error) {
    // A signal that came during synchronous work has not been delivered yet.
    await nextTurn()
    await nextTurn()
    const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const sentence = startSentence(error) ?? `Imperal could not start. ${unexpected}`
    process.stderr.write(`${closing.isAsked ? new Stopped().message : sentence}\n`)
    await closing.close()
    process.exit(closing.isAsked ? 0 : 1)
  }
}

await main()
