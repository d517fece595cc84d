import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import type { Tally } from './summary.ts'

const WITHOUT_REASON = 'without a reason'

const describeSkip = (test: TestCase): string => {
  const result = test.result()
  const note = result.state === 'skipped' ? result.note : undefined
  return `${test.module.relativeModuleId} > ${test.fullName} (${note ?? WITHOUT_REASON})`
}

// A file that breaks before its tests exist, or a hook that fails, belongs to no test.
const brokenOutside = (module: TestModule): number =>
  module.errors().length + [...module.children.allSuites()].reduce((sum, suite) => sum + suite.errors().length, 0)

/** Counts tests for the last line of `npm test`. */
export function tallyOf(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state)
  return {
    passed: inState('passed').length,
    failed:
      inState('failed').length + modules.reduce((sum, module) => sum + brokenOutside(module), 0) + unhandled.length,
    skipped: [...inState('skipped'), ...inState('pending')].map(describeSkip),
  }
}

/** Writes the tally of a Vitest run into the file that `IMPERAL_TEST_TALLY` names. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env.IMPERAL_TEST_TALLY
    if (file === undefined) throw new Error('IMPERAL_TEST_TALLY names no file')
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(tallyOf(modules, unhandled)))
  }
}
