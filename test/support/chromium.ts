import { beforeEach } from 'vitest'
import { findChromium } from '../../scripts/test/chromium.ts'

/**
 * The browser program for the tests of this file, or undefined after marking each of them as skipped with the reason.
 * Hooks that start a browser or a server have to look at the value themselves.
 */
export function requireChromium(): string | undefined {
  const program = findChromium()
  const reason = process.env.IMPERAL_TEST_NO_CHROMIUM ?? 'there is no Chromium on this machine'
  beforeEach(({ skip }) => skip(program === undefined, reason))
  return program
}
