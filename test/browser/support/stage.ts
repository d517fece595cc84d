import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { requireChromium } from '../../support/chromium.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { complaintsOf, tellRefusals } from './complaints.ts'
import { PATIENCE } from './seeing.ts'

export type Theme = 'light' | 'dark'

export interface Window {
  readonly width?: number
  readonly theme?: Theme
  /** What the browser speaks, en-GB unless told. */
  readonly locale?: string
}

/** One window of one person, with storage of its own. */
export interface Visitor {
  readonly page: Page
  readonly width: number
  readonly theme: Theme
  readonly isPhone: boolean
  /** Opens an address of the panel. */
  go(address: string): Promise<void>
  /** Keeps a picture as `<name>-<width>-<theme>.png`. */
  picture(name: string): Promise<void>
  /** Names console errors that the test causes on purpose, such as a refused request. */
  expectErrors(pattern: RegExp): void
}

export interface Stage {
  readonly server: TestServer
  open(window?: Window): Promise<Visitor>
}

const ARTIFACTS = path.resolve(import.meta.dirname, '../../../test-artifacts/screenshots')
const PHONE_BELOW = 768
const HEIGHTS = { phone: 844, desk: 900 }

interface OpenVisitor extends Visitor {
  problems(): string[]
  close(): Promise<void>
}

function look(width: number, theme: Theme, locale: string): BrowserContextOptions {
  const isPhone = width < PHONE_BELOW
  return {
    viewport: { width, height: isPhone ? HEIGHTS.phone : HEIGHTS.desk },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale,
    isMobile: isPhone,
    hasTouch: isPhone,
  }
}

async function openVisitor(browser: Browser, server: TestServer, window: Window): Promise<OpenVisitor> {
  const { width = 1440, theme = 'light', locale = 'en-GB' } = window
  const context = await browser.newContext({ ...look(width, theme, locale), baseURL: server.url })
  context.setDefaultTimeout(PATIENCE)
  await tellRefusals(context)
  const page = await context.newPage()
  const problems = complaintsOf(page)
  const expected: RegExp[] = []
  return {
    page,
    width,
    theme,
    isPhone: width < PHONE_BELOW,
    async go(address) {
      await page.goto(address)
    },
    async picture(name) {
      await page.screenshot({ path: path.join(ARTIFACTS, `${name}-${width}-${theme}.png`) })
    },
    expectErrors: (pattern) => void expected.push(pattern),
    problems: () => problems.filter((problem) => !expected.some((pattern) => pattern.test(problem))),
    close: () => context.close(),
  }
}

/** What helps to understand a failure: the windows as they were, and what the server said. */
async function keepEvidence(title: string, visitors: readonly OpenVisitor[], server: TestServer): Promise<void> {
  const name = `failed-${title.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 80)}`
  for (const [index, visitor] of visitors.entries()) await visitor.picture(`${name}-${index}`)
  writeFileSync(path.join(ARTIFACTS, `${name}.log`), server.logs())
}

/**
 * One server and one connection to the run's Chromium for the tests of a file. Windows close after each test, which
 * fails when the browser complained. `prepare` gives the environment of the server.
 */
export function useStage(prepare: () => Promise<Record<string, string>> = async () => ({})): Stage {
  requireChromium()
  let stage: { readonly browser: Browser; readonly server: TestServer } | undefined
  let visitors: OpenVisitor[] = []
  const current = () => {
    if (stage === undefined) throw new Error('The stage is set up before the tests, where there is a Chromium.')
    return stage
  }
  beforeAll(async () => {
    const endpoint = inject('chromium')
    if (endpoint === '') return
    mkdirSync(ARTIFACTS, { recursive: true })
    const server = await startTestServer({ env: await prepare(), patience: 240_000 })
    stage = { server, browser: await chromium.connect(endpoint, { timeout: PATIENCE }) }
  }, 300_000)
  afterEach(async ({ task }) => {
    const open = visitors
    visitors = []
    if (task.result?.state === 'fail') await keepEvidence(task.name, open, current().server)
    const problems = open.flatMap((visitor) => visitor.problems())
    for (const visitor of open) await visitor.close()
    expect(problems, 'errors in the console of the browser').toEqual([])
  }, PATIENCE)
  afterAll(async () => {
    await stage?.browser.close()
    await stage?.server.stop()
  }, PATIENCE)
  return {
    get server() {
      return current().server
    },
    async open(window = {}) {
      const { browser, server } = current()
      const visitor = await openVisitor(browser, server, window)
      visitors.push(visitor)
      return visitor
    },
  }
}
