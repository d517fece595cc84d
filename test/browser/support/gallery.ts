import path from 'node:path'
import fastify from 'fastify'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { installPanel } from '../../../apps/server/src/modules/gateway/panel-files.ts'
import { requireChromium } from '../../support/chromium.ts'
import { type Looking, violationsOf } from './axe.ts'
import { complaintsOf, tellRefusals } from './complaints.ts'
import { becomes, focused, PATIENCE, shown } from './seeing.ts'

const DIST = path.resolve(import.meta.dirname, '../../../apps/panel/dist')
/** More stops than any example has before what a test looks for. */
const MOST_STOPS = 40

/** One component of the gallery in a real browser. */
export interface Specimen {
  readonly page: Page
  /** The live part of an example, by the example's name. */
  example(name: string): Locator
  /** Waits until the app of an example was told this. */
  told(name: string, line: string | RegExp): Promise<void>
  /** Presses keys one after the other. */
  press(...keys: string[]): Promise<void>
  type(text: string): Promise<void>
  /** Moves on with Tab until it has the focus: nothing else may be needed to get there. */
  tabTo(locator: Locator): Promise<void>
  /** Moves on with Tab from where the focus is until it has come there. */
  tabOn(locator: Locator): Promise<void>
  /** Has axe look at what is open only now: by all its rules in the dark theme, and at the colours of the light one. */
  audit(): Promise<void>
  /** That Tab leads from the top of the page straight to the code of the first example: nothing in between takes keys. */
  hasNoStops(): Promise<void>
}

interface Open {
  readonly url: string
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  close(): Promise<void>
}

/** The frame of the page is the same for every component, and so is the code below each example. */
const FRAME = ['.gl-nav', '.gl-bar']
const CODE = '.gl-frame > .im-code'
/** What differs between the themes. */
const COLOURS = ['color-contrast', 'link-in-text-block']

const violations = (page: Page, { exclude = [], ...looking }: Looking = {}): Promise<string[]> =>
  violationsOf(page, { exclude: [...FRAME, ...exclude], ...looking })

/** The built panel behind the policy of the gateway, without a platform: the gallery needs none. */
async function open(endpoint: string): Promise<Open> {
  const app = fastify()
  await installPanel(app, DIST, () => [])
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const browser = await chromium.connect(endpoint, { timeout: PATIENCE })
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1280, height: 1000 },
    reducedMotion: 'reduce',
    colorScheme: 'dark',
    locale: 'en-GB',
  })
  context.setDefaultTimeout(PATIENCE)
  await tellRefusals(context)
  const page = await context.newPage()
  // From now on files are asked for from the test: turned on at the moment of a key press it may come too late.
  page.on('filechooser', () => undefined)
  return {
    url,
    browser,
    context,
    page,
    close: async () => {
      await browser.close()
      await app.close()
    },
  }
}

/** A frame whose content has the focus counts too. */
const holdsFocus = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element) => Reflect.get(Reflect.get(element, 'ownerDocument'), 'activeElement') === element)

function specimenOf(page: Page, component: string): Specimen {
  const example = (name: string) => page.getByRole('region', { name: `${component}: ${name}`, exact: true })
  const toTop = () => page.getByRole('main').evaluate((main) => main.focus())
  const tabOn = async (locator: Locator) => {
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      await page.keyboard.press('Tab')
      if (await holdsFocus(locator)) return
    }
    throw new Error(`Tab never reaches ${locator}`)
  }
  return {
    page,
    example,
    async told(name, line) {
      const box = page
        .getByRole('article', { name, exact: true })
        .getByRole('status', { name: 'What the app was told' })
      if (typeof line === 'string') await becomes(() => box.innerText(), line)
      else await expect.poll(() => box.innerText(), { timeout: PATIENCE }).toMatch(line)
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key)
    },
    type: (text) => page.keyboard.type(text),
    async tabTo(locator) {
      await shown(locator)
      await toTop()
      await tabOn(locator)
    },
    tabOn,
    async audit() {
      const exclude = ['.gl-options', CODE]
      await page.emulateMedia({ colorScheme: 'light' })
      expect(await violations(page, { exclude, only: COLOURS }), 'axe in the light theme').toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      // A menu or a hint belongs to its control, not to a landmark.
      expect(await violations(page, { exclude, without: ['region'] }), 'axe in the dark theme').toEqual([])
    },
    async hasNoStops() {
      await toTop()
      await page.keyboard.press('Tab')
      await focused(page.getByRole('button', { name: 'Copy code' }).first())
    },
  }
}

export interface Gallery {
  /** The page, for tests that are about no single component. */
  page(): Page
  /** What axe has against the page, by all of its rules. */
  violations(): Promise<string[]>
  /** What axe has against its colours, the code of the examples included. */
  colours(): Promise<string[]>
}

/**
 * Tests of single components. `story('[ui:Button] …', use)` opens the component that the title names in the dark theme,
 * uses it, and has axe look at what is there afterwards. A complaint of the browser fails the test.
 */
export function useGallery(): {
  readonly gallery: Gallery
  readonly story: (title: string, use: (specimen: Specimen) => Promise<void>) => void
} {
  requireChromium()
  let stage: Open | undefined
  let problems: string[] = []
  let isOpen = false
  const current = () => {
    if (stage === undefined) throw new Error('The gallery is opened before the tests, where there is a Chromium.')
    return stage
  }
  beforeAll(async () => {
    const endpoint = inject('chromium')
    if (endpoint === '') return
    stage = await open(endpoint)
    problems = complaintsOf(stage.page)
  }, PATIENCE * 2)
  afterEach(() => {
    expect(problems.splice(0), 'errors in the console of the browser').toEqual([])
  })
  afterAll(() => stage?.close(), PATIENCE)
  const gallery: Gallery = {
    page: () => current().page,
    violations: () => violations(current().page),
    colours: () => violations(current().page, { only: COLOURS }),
  }
  const story = (title: string, use: (specimen: Specimen) => Promise<void>) => {
    const component = /^\[ui:(\w+)\]/.exec(title)?.[1]
    if (component === undefined) throw new Error(`"${title}" names no component`)
    test(
      title,
      async () => {
        const { page } = current()
        // By the link of the page where one is open already, which is quicker than loading everything anew.
        // An overlay that is open hides it from everybody but the test.
        const link = page.locator(`nav a[href="/gallery/${component}"]`)
        const wasOpen = isOpen
        isOpen = false
        if (wasOpen)
          await link.evaluate((element) => (element as unknown as { click(): void }).click()) // a link
        else await page.goto(`/gallery/${component}`)
        await shown(page.getByRole('heading', { name: component, level: 2 }))
        await use(specimenOf(page, component))
        expect(await violations(page, { exclude: [CODE] }), 'axe').toEqual([])
        isOpen = true
      },
      PATIENCE * 3,
    )
  }
  return { gallery, story }
}
