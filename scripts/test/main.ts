// The whole test run: node scripts/test.mjs [vitest filter or option …]
import path from 'node:path'
import { ensureChromium, findChromium } from './chromium.ts'
import { BUILD, CHECKS, runCheck, runVitest } from './steps.ts'
import { add, conclude, NOTHING, type Tally } from './summary.ts'

const checkout = path.resolve(import.meta.dirname, '../..')
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const filter = process.argv.slice(2)
const wantsAll = filter.length === 0
const isCi = process.env.CI === 'true' || process.env.CI === '1'

let tally: Tally = NOTHING
for (const step of wantsAll ? [BUILD, ...CHECKS] : [BUILD]) tally = add(tally, await runCheck(checkout, step, say))

const wantsBrowser = wantsAll || filter.some((argument) => argument.includes('browser'))
const reason = wantsBrowser ? ensureChromium(say) : undefined
if (reason !== undefined) say(`The browser tests cannot run: ${reason}.`)
const chromium = findChromium()
const env = {
  ...(chromium === undefined ? {} : { IMPERAL_TEST_CHROMIUM: chromium }),
  ...(reason === undefined ? {} : { IMPERAL_TEST_NO_CHROMIUM: reason }),
}
const run = await runVitest(checkout, filter, env)
tally = add(tally, run.tally)

const { lines, exitCode } = conclude(tally, isCi)
for (const line of [...run.figures, ...lines]) say(line)
process.exitCode = exitCode
