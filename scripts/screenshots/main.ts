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
}

async function openPage(browser: Browser, base: string, look: Look, account?: Account): Promise<Page> {
  const isPhone = look.width < PHONE_BELOW
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width: look.width, height: isPhone ? 844 : 900 },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    isMobile: isPhone,
    hasTouch: isPhone,
  })
  if (account) {
    const entry = JSON.stringify(account.tokens)
    await context.addInitScript(`localStorage.setItem('imperal.session', ${JSON.stringify(entry)})`)
  }
  return context.newPage()
}

const IS_SETTLED = `document.fonts.status === 'loaded' && document.querySelector('#root > *') !== null
  && document.querySelector('[aria-busy=true], .im-skeleton') === null`

/** Waits until nothing of the page is busy any more and its fonts are there; false when that takes too long. */
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

async function takePicture(page: Page, surface: Surface, look: Look): Promise<string> {
  const file = `${surface.name}-${look.width}-${look.theme}.png`
  await page.goto(surface.address)
  let isCalm = await settle(page)
  await surface.prepare?.(page, look.width < PHONE_BELOW)
  if (surface.prepare) isCalm = await settle(page)
  if (!isCalm) say(`${file}: something is still busy`)
  await page.screenshot({ path: path.join(OUT, file) })
  const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
  if (wide === true) say(`${file}: the page is wider than its window`)
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
  const surfaces = surfacesOf(await fillWithDemo(account)).filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)),
  )
  const files: string[] = []
  for (const width of WIDTHS)
    for (const theme of THEMES) {
      const look = { width, theme }
      const pages = {
        open: await openPage(browser, platform.url, look),
        own: await openPage(browser, platform.url, look, account),
      }
      for (const surface of surfaces)
        files.push(await takePicture(surface.isOpen ? pages.open : pages.own, surface, look))
      await pages.open.context().close()
      await pages.own.context().close()
      say(`${width} ${theme}: ${surfaces.length} pictures`)
    }
  writeIndex(files)
  say(`${files.length} pictures in ${path.relative(process.cwd(), OUT)}; index.html shows them side by side`)
} finally {
  await browser.close()
  platform.child.kill('SIGTERM')
  await new Promise((resolve) => platform.child.once('exit', resolve))
  rmSync(folder, { recursive: true, force: true })
}
