// @vitest-environment happy-dom
import { parseUiTree, UI_COMPONENTS, UI_LIMITS, type UiComponentType } from '@imperal/contract/ui'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeHost, fakeHost } from '../testing/fake-host.ts'
import { type Mounted, mount } from '../testing/mount.tsx'
import { FAMILIES, type Family } from './hostile-trees.ts'
import { UiTree } from './ui-tree.tsx'

let mounted: Mounted | undefined
beforeEach(() => {
  Reflect.deleteProperty(globalThis, 'hit')
})
afterEach(async () => {
  await mounted?.unmount()
  mounted = undefined
})

const RUNS = new Set(['script', 'object', 'embed', 'base', 'meta', 'link', 'frame', 'applet', 'portal'])
const ADDRESS = /^(?:https?:\/\/[a-z0-9]|mailto:|tel:|\/(?![/\\])|#|data:image\/(?:png|jpeg|gif|webp|avif);)/i
const STYLE = /url\(|expression|@import|position:\s*fixed|behavior|-moz-binding|image-set/i

function faults(element: Element): string[] {
  const found: string[] = []
  const tag = element.localName
  if (RUNS.has(tag)) found.push(`<${tag}>`)
  if (tag === 'iframe' && /allow-(?:scripts|forms|top-navigation)|^$/.test(element.getAttribute('sandbox') ?? ''))
    found.push('a frame that may run')
  for (const { name, value } of element.attributes) {
    if (name.startsWith('on') || ['ping', 'formaction', 'nonce'].includes(name)) found.push(name)
    if (['href', 'src', 'action', 'poster', 'xlink:href'].includes(name) && !ADDRESS.test(value))
      found.push(`${name}=${value}`)
    if (name === 'style' && STYLE.test(value)) found.push(value)
  }
  return found
}

/** Everything of a tree that got into the page and runs, loads or sends by itself. */
const harm = (root: ParentNode): string[] => [...root.querySelectorAll('*')].flatMap(faults)
const parsed = (html: string): ParentNode => new DOMParser().parseFromString(html, 'text/html').body

const cases = Object.entries(FAMILIES).flatMap(([family, { trees }]: [string, Family]) =>
  trees.map((tree, index): [string, number, unknown] => [family, index, tree]),
)

test('[I7-3] there are ten families and more than two hundred trees', () => {
  expect(Object.keys(FAMILIES)).toHaveLength(10)
  for (const [name, { trees }] of Object.entries(FAMILIES)) expect(trees.length, name).toBeGreaterThanOrEqual(15)
  expect(cases.length).toBeGreaterThanOrEqual(200)
})

describe.each(Object.entries(FAMILIES))('[I7-3] hostile: %s', (_name, { trees, refused }) => {
  test.each(trees.map((tree, index) => [index, tree] as const))(
    'tree %i is harmless or not drawn',
    async (_index, tree) => {
      const host: FakeHost = fakeHost({ development: false })
      if (refused) expect(parseUiTree(tree).node, 'the tree is refused as a whole').toBeNull()
      const html = renderToStaticMarkup(<UiTree node={tree} host={host} />)
      expect(harm(parsed(html))).toEqual([])
      mounted = await mount(<UiTree node={tree} host={host} />)
      expect(harm(document.body)).toEqual([])
      expect(Reflect.get(globalThis, 'hit'), 'something of the tree ran').toBeUndefined()
      expect([...host.fired, ...host.paths, ...host.opened], 'something fired without a person').toEqual([])
      expect(document.body.querySelectorAll('*').length, 'elements in the page').toBeLessThan(UI_LIMITS.nodes * 8)
      expect(Object.hasOwn(Object.prototype, 'polluted'), 'a prototype was changed').toBe(false)
    },
  )
})

test('[I7-3] [ui 6.1] no component spreads props that its table does not know onto an element', () => {
  const foreign = {
    onclick: 'hit=1',
    onError: 'hit=1',
    style: 'x',
    dangerouslySetInnerHTML: { __html: '<b>x</b>' },
    ref: 'x',
    is: 'x',
    'data-foreign': 'x',
  }
  for (const type of Object.keys(UI_COMPONENTS) as UiComponentType[]) {
    const html = renderToStaticMarkup(
      <UiTree node={{ type, props: { ...foreign, content: 'a', label: 'a', open: true } }} host={fakeHost()} />,
    )
    expect(html, type).not.toMatch(/data-foreign|onclick|onerror|<b>x/i)
  }
})
