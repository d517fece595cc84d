import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { requireChromium } from '../support/chromium.ts'
import { becomes, PATIENCE } from './support/seeing.ts'

requireChromium()
const entry = fileURLToPath(new URL('../../packages/ui-kit/src/parts/clean-html.ts', import.meta.url))
let browser: Browser | undefined
let page: Page

beforeAll(async () => {
  const endpoint = inject('chromium')
  if (endpoint === '') return
  const bundle = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', globalName: 'kit' })
  browser = await chromium.connect(endpoint, { timeout: PATIENCE })
  page = await browser.newPage()
  await page.addScriptTag({ content: `${bundle.outputFiles[0]?.text ?? ''}\n${SHOW}` })
}, PATIENCE * 2)
afterAll(async () => browser?.close(), PATIENCE)

// Runs in the page. The picture that fails at the end comes after everything that the markup could have started.
const SHOW = `async function show(html, inline) {
  window.hit = undefined
  const clean = kit.cleanHtml(html, { inline })
  document.body.innerHTML = clean
  await new Promise((resolve) => {
    const probe = document.createElement('img')
    probe.onerror = resolve
    probe.src = 'data:image/png;base64,AA'
    document.body.append(probe)
  })
  return { clean, ran: window.hit === true }
}`

/** Cleans the markup in the browser, puts it into the page, and tells whether anything in it ran. */
function show(source: string, inline: boolean): Promise<{ readonly clean: string; readonly ran: boolean }> {
  return page.evaluate(`show(${JSON.stringify(source)}, ${inline})`)
}

const CORPUS = [
  '<script>hit=true</script><p>x</p>',
  '<img src=x onerror=hit=true>',
  '<svg onload=hit=true><a xlink:href="javascript:hit=true">x</a></svg>',
  '<svg><style><img src=x onerror=hit=true></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=hit=true&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=hit=true>',
  '<noscript><p title="</noscript><img src=x onerror=hit=true>">',
  '<iframe srcdoc="<script>parent.hit=true</script>"></iframe>',
  '<form action="https://evil.example"><input name=body><button formaction=x>go</button></form>',
  '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=javascript:hit=true">',
  '<a href="java&#10;script:hit=true" ping="https://evil.example">x</a>',
  '<object data=x onerror=hit=true></object><embed src=x><link rel=stylesheet href=x onerror=hit=true>',
  '<template><img src=x onerror=hit=true></template><select><template><img src=x onerror=hit=true></template></select>',
  '<details open ontoggle=hit=true><summary>x</summary></details><video><source onerror=hit=true></video>',
  '<div style="background:url(javascript:hit=true)" contenteditable autofocus onfocus=hit=true tabindex=1>x</div>',
]

describe.each([true, false])('foreign HTML in a real browser (inline: %s)', (inline) => {
  test.each(CORPUS)('[ui 4.11.1] nothing of %s runs, loads or sends', async (source) => {
    const { clean, ran } = await show(source, inline)
    expect(ran).toBe(false)
    expect(clean).not.toMatch(/<(?:script|iframe|object|embed|form|input|button|base|meta|link|svg|math|template)\b/i)
    expect(clean).not.toMatch(/\son\w+=|javascript:hit=true"|srcdoc|formaction|ping=|contenteditable/i)
  })
})

test('[ui 4.11.5] inline markup keeps its text and loses ids, classes, style sheets and styles that leave their place', async () => {
  const source =
    '<style>*{color:red}</style><p id="a" class="b" style="color: red; position: fixed; background: url(https://x)">t</p>'
  expect((await show(source, true)).clean).toMatch(/^<p style="color: ?red;?">t<\/p>$/)
  expect((await show(source, false)).clean).toContain('<style>')
})

test('[ui 4.11.1] links open a new tab without a referrer, pictures from elsewhere stay only with https', async () => {
  const { clean } = await show(
    '<a href="https://example.com/a" id="x">a</a><img src="http://example.com/a.png"><img src="https://example.com/b.png">',
    false,
  )
  expect(clean).toContain('target="_blank" rel="noopener noreferrer"')
  expect(clean).not.toContain('a.png')
  expect(clean).toContain('b.png')
})

describe('the frame of foreign HTML', () => {
  // Runs in a page of its own, as a panel would draw it.
  const FRAME = `import { createElement } from 'react'
    import { createRoot } from 'react-dom/client'
    import { HtmlFrame } from '../../packages/ui-kit/src/parts/html-frame.tsx'
    const place = document.body.appendChild(document.createElement('main'))
    const root = createRoot(place)
    window.draw = (content) => root.render(createElement(HtmlFrame, { content }))`

  test('[ui 4.11] it is as high as what it holds, also when that becomes less', async () => {
    const bundle = await build({
      stdin: { contents: FRAME, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'tsx' },
      bundle: true,
      write: false,
      format: 'iife',
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"production"' },
    })
    const tab = await (browser as Browser).newPage()
    await tab.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' })
    const draw = (content: string) => tab.evaluate(`draw(${JSON.stringify(content)})`)
    const height = () => tab.evaluate<number>("document.querySelector('iframe').clientHeight")
    const box = (pixels: number) => `<div style="height:${pixels}px">Hello</div>`
    // Mails often say so of themselves.
    for (const sheet of ['', '<style>html, body { height: 100% }</style>'])
      for (const pixels of [900, 120, 1400]) {
        await draw(sheet + box(pixels))
        await becomes(height, pixels)
      }
    await tab.close()
  })
})
