import { appendFileSync } from 'node:fs'

/**
 * Prints what was measured, and keeps it for the closing lines of the run. Times and rates are printed only, since the
 * machine may be shared; what is counted may be asserted beside.
 */
export function printFigure(what: string, value: string): void {
  process.stdout.write(`${what}: ${value}\n`)
  const file = process.env.IMPERAL_TEST_FIGURES
  if (file !== undefined) appendFileSync(file, `${JSON.stringify([what, value])}\n`)
}
