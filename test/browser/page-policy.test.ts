import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { useGallery } from './support/gallery.ts'
import { becomes, PATIENCE, shown } from './support/seeing.ts'

const { gallery } = useGallery()

/** A page of its own, since what is tried here is told to the console as every refusal is. */
async function open(address: string, ready: (page: Page) => Promise<void>, use: (page: Page) => Promise<void>) {
  const page = await gallery.page().context().newPage()
  try {
    const answer = await page.goto(address)
    const policy = answer?.headers()['content-security-policy']
    expect(policy).toMatch(/(^|; )require-trusted-types-for 'script'(;|$)/)
    expect(policy).toMatch(/(^|; )trusted-types default(;|$)/)
    await ready(page)
    await page.evaluate(TOOLS)
    await use(page)
  } finally {
    await page.close()
  }
}

// Runs in the page, each try in a task of its own: what a test evaluates directly may make code from text. The picture that fails at the end comes after everything that the markup could have started.
const TOOLS = `globalThis.hostile = '<p title="kept">text<img src="data:image/png;base64,AA" onerror="hit=true"><script>hit=true</script></p>'
globalThis.put = (element) => { document.body.append(element); return element }
globalThis.tried = async (use) => {
  delete globalThis.hit
  let said = 'nothing'
  try {
    await new Promise((resolve) => setTimeout(resolve))
    const made = await use()
    said = made?.srcdoc ?? made?.outerHTML ?? String(made)
  } catch (error) { said = error.name }
  await new Promise((resolve) => {
    const probe = document.createElement('img')
    probe.onerror = resolve
    probe.src = 'data:image/png;base64,AA'
    document.body.append(probe)
  })
  return 'hit' in globalThis ? 'RAN' : said
}
globalThis.element = (name) => document.createElement(name)`

/** What became of it: what was made, the name of the error, or RAN. */
const tried = (page: Page, code: string): Promise<string> => page.evaluate(`tried(() => ${code})`)

/** Every way from a text to markup, by what is written there. */
const MARKUP: readonly (readonly [sink: string, code: string])[] = [
  ['innerHTML', `Object.assign(put(element('div')), { innerHTML: hostile })`],
  ['outerHTML', `(put(element('div')).appendChild(element('b')).outerHTML = hostile, document.body.lastChild)`],
  ['insertAdjacentHTML', `(put(element('div')).insertAdjacentHTML('beforeend', hostile), document.body.lastChild)`],
  [
    'createContextualFragment',
    `put(document.createRange().createContextualFragment(hostile)) && document.body.lastChild`,
  ],
  ['parseFromString', `put(new DOMParser().parseFromString(hostile, 'text/html').body.firstChild)`],
  ['srcdoc', `Object.assign(put(element('iframe')), { srcdoc: hostile.replaceAll('hit', 'parent.hit') })`],
  ['setAttribute of srcdoc', `{ const one = element('iframe'); one.setAttribute('srcdoc', hostile); return put(one) }`],
]

/** Every way from a text to code. */
const CODE: readonly (readonly [sink: string, code: string, error: string])[] = [
  ['eval', `eval('hit = true')`, 'EvalError'],
  ['new Function', `new Function('hit = true')()`, 'EvalError'],
  ['setTimeout', `setTimeout('hit = true')`, 'TypeError'],
  ['a worker', `new Worker('data:text/javascript,1')`, 'TypeError'],
  ['a worker of the page itself', `new Worker('/theme.js')`, 'TypeError'],
  ['a service worker', `navigator.serviceWorker.register('/theme.js')`, 'TypeError'],
  ['the address of a script', `put(Object.assign(element('script'), { src: '/theme.js' }))`, 'TypeError'],
  ['the text of a script', `put(Object.assign(element('script'), { text: 'hit = true' }))`, 'TypeError'],
  ['an attribute that is code', `put(element('b')).setAttribute('onclick', 'hit = true')`, 'TypeError'],
  ['another policy', `trustedTypes.createPolicy('other', { createHTML: (html) => html })`, 'TypeError'],
  ['the same policy again', `trustedTypes.createPolicy('default', { createHTML: (html) => html })`, 'TypeError'],
]

const isBlock = (code: string) => code.startsWith('{')

test(
  '[ui 6.7] markup from a text is refused until the sanitiser is there, code always, and so is every other policy',
  async () => {
    await open(
      '/gallery/Button',
      (page) => shown(page.getByRole('heading', { name: 'Button', level: 2 })),
      async (page) => {
        for (const [sink, code] of MARKUP)
          expect.soft(await tried(page, isBlock(code) ? code : `(${code})`), sink).toBe('TypeError')
        for (const [sink, code, error] of CODE) expect.soft(await tried(page, `(${code})`), sink).toBe(error)
        // What makes no element passes: entities, and the one thing that a library asks for them.
        expect(await tried(page, `put(Object.assign(element('i'), { innerHTML: '&copy; a > b' }))`)).toBe(
          '<i>© a &gt; b</i>',
        )
      },
    )
  },
  PATIENCE * 2,
)

test(
  '[ui 6.7] markup from a text is cleaned once the sanitiser is there',
  async () => {
    await open(
      '/gallery/Html',
      (page) => shown(page.getByTitle('HTML content').first()),
      async (page) => {
        for (const [sink, code] of MARKUP) {
          const made = await tried(page, isBlock(code) ? code : `(${code})`)
          expect.soft(made, sink).toMatch(/<p title="kept">text<img src="data:image\/png;base64,AA"><\/p>/)
        }
        for (const [sink, code, error] of CODE) expect.soft(await tried(page, `(${code})`), sink).toBe(error)
      },
    )
  },
  PATIENCE * 2,
)

/** Runs in the page: pastes HTML where the cursor is, as the browser does. */
const PASTE = `(html) => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/html', html)
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
}`

test(
  '[ui 6.7] the editor takes over formatted text that was pasted, without what runs, and knows its own lists again',
  async () => {
    const editorOf = (page: Page) => page.getByRole('textbox', { name: 'Letter' })
    await open(
      '/gallery/RichEditor',
      (page) => shown(editorOf(page)),
      async (page) => {
        const editor = editorOf(page)
        await editor.click()
        const paste = async (html: string) => {
          await page.keyboard.press('Control+A')
          await page.evaluate(`(${PASTE})(${JSON.stringify(html)})`)
        }
        await paste(
          '<meta charset="utf-8"><!--StartFragment--><h2>Offer</h2><p>for <b>Ida</b> <a href="https://example.com/" onclick="hit=1">here</a><img src=x onerror="globalThis.hit=1"></p><ul><li>one</li></ul><!--EndFragment-->',
        )
        await becomes(() => editor.locator('h2').innerText(), 'Offer')
        expect(await editor.locator('strong').innerText()).toBe('Ida')
        expect(await editor.locator('a').getAttribute('href')).toBe('https://example.com/')
        expect(await editor.locator('li').innerText()).toBe('one')
        expect(await editor.evaluate((element) => Reflect.get(element, 'innerHTML'))).not.toMatch(/onclick|onerror/)
        expect(await page.evaluate('"hit" in globalThis')).toBe(false)
        // Two halves of items, as the editor itself copies them: its mark says that they were in a list.
        await paste('<p data-pm-slice="1 1 [&quot;bulletList&quot;,null,&quot;listItem&quot;,null]">two</p>')
        await becomes(() => editor.locator('ul > li').innerText(), 'two')
      },
    )
  },
  PATIENCE * 2,
)
