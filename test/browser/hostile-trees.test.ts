import path from 'node:path'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { FAMILIES } from '../../packages/ui-kit/src/tree/hostile-trees.ts'
import { requireChromium } from '../support/chromium.ts'
import { PATIENCE } from './support/seeing.ts'

requireChromium()
let browser: Browser | undefined
let page: Page
const asked: string[] = []

// Runs in the page: draws every tree of a family, one after the other, and tells what it found and what happened.
const DRAW = `
import { createRoot } from 'react-dom/client'
import { createElement } from 'react'
import { UiTree } from './packages/ui-kit/src/tree/ui-tree.tsx'
import { FAMILIES } from './packages/ui-kit/src/tree/hostile-trees.ts'
import { fakeHost } from './packages/ui-kit/src/testing/fake-host.ts'
const settled = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))
globalThis.drawFamily = async (name) => {
  const report = { drawn: 0, ran: 0, fired: 0, covered: 0 }
  for (const tree of FAMILIES[name].trees) {
    const host = fakeHost({ development: false })
    const box = document.createElement('div')
    document.body.append(box)
    const root = createRoot(box)
    root.render(createElement(UiTree, { node: tree, host }))
    await settled()
    await settled()
    report.drawn += 1
    if ('hit' in globalThis) report.ran += 1
    delete globalThis.hit
    report.fired += host.fired.length + host.paths.length + host.opened.length
    report.covered += [...box.querySelectorAll('*')].filter((one) => getComputedStyle(one).position === 'fixed').length
    root.unmount()
    box.remove()
  }
  return report
}
`

beforeAll(async () => {
  const endpoint = inject('chromium')
  if (endpoint === '') return
  const bundle = await build({
    stdin: { contents: DRAW, resolveDir: path.resolve(import.meta.dirname, '../..'), loader: 'tsx' },
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  browser = await chromium.connect(endpoint, { timeout: PATIENCE })
  page = await browser.newPage()
  // Nothing leaves the machine, and everything that wanted to is known.
  await page.route('**/*', (route) => {
    asked.push(route.request().url())
    return route.request().isNavigationRequest()
      ? route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Trees</title>' })
      : route.abort()
  })
  await page.goto('http://panel.example/')
  await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' })
}, PATIENCE * 2)
afterAll(async () => browser?.close(), PATIENCE)

test.each(Object.keys(FAMILIES))(
  '[I7-3] hostile in Chromium: %s; nothing runs, fires, leaves its place or asks a stranger',
  async (family) => {
    asked.length = 0
    const before = page.url()
    const report = await page.evaluate(`drawFamily(${JSON.stringify(family)})`)
    expect(report).toEqual({ drawn: FAMILIES[family]?.trees.length, ran: 0, fired: 0, covered: 0 })
    expect(page.url()).toBe(before)
    // Pictures by https are allowed; the corpus names strangers only by addresses that are not.
    expect(asked.filter((url) => new URL(url).hostname !== 'panel.example')).toEqual([])
  },
  PATIENCE * 3,
)
