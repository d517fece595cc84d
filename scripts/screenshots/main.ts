// Pictures of every surface, in both themes and at three widths: npm run screenshots [-- <name> …]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { startPlatform } from '../../bench/start-platform.ts'
import { ensureChromium, findChromium } from '../test/chromium.ts'
import { type Account, signIn } from './api.ts'
import { fillWithDemo } from './demo.ts'
import { type Surface, surfacesOf } from './surfaces.ts'

const OUT = path.resolve(import.meta.dirname, '../../test-artifacts/surfaces')
const WIDTHS = [1440, 1024, 390]
const THEMES = ['light', 'dark'] as const
const PHONE_BELOW = 768
const say = (line: string): void => void process.stdout.write(`${line}\n`)

type Theme = (typeof THEMES)[number]
interface Look {
  readonly width: number
  readonly theme: Theme
  readonly language: 'en' | 'de' | 'ar'
}
/** Every surface is looked at in English at each width and in each theme; those that say so in other languages at these. */
const LOOKS: readonly Look[] = [
  ...WIDTHS.flatMap((width) => THEMES.map((theme): Look => ({ width, theme, language: 'en' }))),
  { width: 1440, theme: 'dark', language: 'ar' },
  { width: 390, theme: 'light', language: 'ar' },
  { width: 1440, theme: 'light', language: 'de' },
  { width: 390, theme: 'dark', language: 'de' },
]
const LOCALES = { en: 'en-GB', de: 'de-DE', ar: 'ar' } as const

async function openPage(browser: Browser, base: string, look: Look, account?: Account): Promise<Page> {
  const isPhone = look.width < PHONE_BELOW
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width: look.width, height: isPhone ? 844 : 900 },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
    locale: LOCALES[look.language],
    isMobile: isPhone,
    hasTouch: isPhone,
  })
  if (account) {
    const entry = JSON.stringify(account.tokens)
    await context.addInitScript(`localStorage.setItem('imperal.session', ${JSON.stringify(entry)})`)
  }
  context.setDefaultTimeout(10_000)
  return context.newPage()
}

const IS_SETTLED = `document.fonts.status === 'loaded' && document.querySelector('#root > *') !== null
  && [...document.querySelectorAll('[aria-busy=true], .im-skeleton')].every((one) => one.closest('[aria-hidden=true]') !== null)`

/** Waits until nothing of the page is busy any more, but for what lies behind a dialog, and its fonts are there; false when that takes too long. */
async function settle(page: Page): Promise<boolean> {
  const deadline = Date.now() + 20_000
  // Twice in a row: what one answer leads to may begin with the next.
  for (let calm = 0; calm < 2; ) {
    if (Date.now() > deadline) return false
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 120)))')
    calm = (await page.evaluate(IS_SETTLED)) === true ? calm + 1 : 0
  }
  return true
}

const isFor = (surface: Surface, { width, language }: Look): boolean =>
  (surface.onlyOn === undefined || (surface.onlyOn === 'phone') === width < PHONE_BELOW) &&
  (language === 'en' || (surface.languages ?? []).includes(language))

async function takePicture(page: Page, surface: Surface, look: Look): Promise<string> {
  const spoken = look.language === 'en' ? '' : `${look.language}-`
  const file = `${spoken}${surface.name}-${look.width}-${look.theme}.png`
  await surface.before?.(page)
  await page.goto(surface.address)
  let isCalm = await settle(page)
  await surface.prepare?.(page, look.width < PHONE_BELOW)
  if (surface.prepare && !surface.busy) isCalm = await settle(page)
  if (!isCalm) say(`${file}: something is still busy`)
  await page.screenshot({ path: path.join(OUT, file) })
  const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
  if (wide === true) say(`${file}: the page is wider than its window`)
  await surface.after?.(page)
  return file
}

/** A page with all pictures side by side. */
function writeIndex(files: readonly string[]): void {
  const cells = files.map(
    (file) => `<figure><img loading="lazy" src="${file}"><figcaption>${file}</figcaption></figure>`,
  )
  const style =
    'body{display:flex;flex-wrap:wrap;gap:16px;font:12px sans-serif}figure{margin:0}img{height:420px;border:1px solid #ccc}'
  writeFileSync(
    path.join(OUT, 'index.html'),
    `<!doctype html><title>Surfaces</title><style>${style}</style>${cells.join('')}`,
  )
}

const wanted = process.argv.slice(2)
const missing = ensureChromium(say)
const executablePath = findChromium()
if (missing !== undefined || executablePath === undefined)
  throw new Error(`No pictures: ${missing ?? 'there is no Chromium'}.`)
mkdirSync(OUT, { recursive: true })
const folder = mkdtempSync(path.join(tmpdir(), 'imperal-pictures-'))
const platform = await startPlatform(folder)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const account = await signIn(platform.url, platform.adminEmail, platform.adminPassword)
  const demo = await fillWithDemo(platform.url, account)
  const all = surfacesOf(demo).filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)))
  const files: string[] = []
  const failures: string[] = []
  for (const look of LOOKS) {
    const open = {
      visitor: () => openPage(browser, platform.url, look),
      owner: () => openPage(browser, platform.url, look, account),
      newcomer: () => openPage(browser, platform.url, look, demo.newcomer),
    }
    const pages = { visitor: await open.visitor(), owner: await open.owner(), newcomer: await open.newcomer() }
    const surfaces = all.filter((surface) => isFor(surface, look))
    for (const surface of surfaces) {
      const who = surface.as ?? 'owner'
      try {
        files.push(await takePicture(pages[who], surface, look))
      } catch (error) {
        failures.push(`${surface.name} at ${look.width}, ${look.theme}, ${look.language}: ${(error as Error).message}`)
        // What it left half done must not stand in the next picture.
        await pages[who].context().close()
        pages[who] = await open[who]()
      }
    }
    for (const page of Object.values(pages)) await page.context().close()
    say(`${look.width} ${look.theme} ${look.language}: ${surfaces.length} surfaces`)
  }
  writeIndex(files)
  for (const failure of failures) say(`No picture of ${failure}`)
  if (failures.length > 0) process.exitCode = 1
  say(`${files.length} pictures in ${path.relative(process.cwd(), OUT)}; index.html shows them side by side`)
} finally {
  await browser.close()
  platform.child.kill('SIGTERM')
  await new Promise((resolve) => platform.child.once('exit', resolve))
  rmSync(folder, { recursive: true, force: true })
}
