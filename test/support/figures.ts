import { appendFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'

/**
 * Prints what was measured, and keeps it for the closing lines of the run. Times and rates are printed only, since the
 * machine may be shared; what is counted may be asserted beside.
 */
export function printFigure(what: string, value: string): void {
  process.stdout.write(`${what}: ${value}\n`)
  const file = process.env.IMPERAL_TEST_FIGURES
  if (file !== undefined) appendFileSync(file, `${JSON.stringify([what, value])}\n`)
}

/** How busy the machine was in the last minute, without which a time says little: 1 a core is all that it can do. */
export const loadOfMachine = (): string =>
  `load of the machine ${((loadavg()[0] ?? 0) / availableParallelism()).toFixed(1)} a core`
