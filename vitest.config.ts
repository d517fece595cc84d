import { defineConfig } from 'vitest/config'

// Machines of the test run are shared and small. A test that waits for another process may lose its race against the
// patience of a test once; what is wrong fails every time.
const inRun = process.env.CI === 'true'

// Asks providers outside for money: where it is named, and as a part of everything where a key for it is set.
const LIVE = 'live-models'
const LIVE_KEYS = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GOOGLE_API_KEY', 'IMPERAL_LIVE_BASE_URL']
const wantsLive =
  process.argv.some((argument) => argument.includes(LIVE)) || LIVE_KEYS.some((name) => (process.env[name] ?? '') !== '')

// Waits end as soon as what they wait for is there; how long they may take says nothing about it.
const patience = inRun ? 60_000 : 20_000

const isWhole = process.argv.slice(2).every((argument) => argument === 'run' || argument.startsWith('-'))

export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      '**/fixtures/**',
      '**/templates/**',
      '**/.imperal-*/**',
      ...(wantsLive ? [] : [`**/${LIVE}.test.ts`]),
    ],
    globalSetup: [
      'test/support/run-folder.ts',
      'test/support/global-setup.ts',
      'test/browser/support/chromium-server.ts',
    ],
    setupFiles: ['test/support/patience.ts'],
    expect: { poll: { timeout: patience } },
    provide: { patience },
    testTimeout: inRun ? 90_000 : 30_000,
    hookTimeout: inRun ? 180_000 : 60_000,
    retry: inRun ? 2 : 0,
    // Many files wait for other processes most of their time: one more than the smallest machine has cores.
    maxWorkers: isWhole ? 3 : 2,
  },
})
