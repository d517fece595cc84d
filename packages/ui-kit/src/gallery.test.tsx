// @vitest-environment happy-dom
import { parseUiTree, UI_COMPONENTS, type UiComponentType } from '@imperal/contract/ui'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { GALLERY } from './gallery.ts'
import { fakeHost } from './testing/fake-host.ts'
import { mount, until } from './testing/mount.tsx'
import { UiTree } from './tree/ui-tree.tsx'

const types = Object.keys(UI_COMPONENTS) as UiComponentType[]

/** Components that are drawn over the page or not at all. */
const ELSEWHERE = new Set(['Dialog', 'Modal', 'SlideOver', 'Toast'])

describe.each(types)('%s', (type) => {
  test('its example parses without a note and is drawn', async () => {
    expect(parseUiTree(GALLERY[type]).notes).toEqual([])
    const host = fakeHost()
    const mounted = await mount(<UiTree node={GALLERY[type]} host={host} />)
    await until(() => expect(document.querySelector('.im-lazy')).toBeNull())
    expect(document.body.innerHTML).not.toContain('This section failed to render')
    const silent = [...ELSEWHERE, 'Icon', 'Image', 'Html'].includes(type)
    if (!silent) expect(mounted.element.textContent).not.toBe('')
    if (type === 'Toast') expect(host.toasts).toMatchObject([{ message: '5 notes archived', variant: 'success' }])
    if (['Dialog', 'Modal', 'SlideOver'].includes(type))
      expect(document.querySelector('[role=dialog], [role=alertdialog]')?.textContent).toContain('Crates')
    await mounted.unmount()
  })

  test('is drawn on a server', () => {
    expect(() => renderToStaticMarkup(<UiTree node={GALLERY[type]} host={fakeHost()} />)).not.toThrow()
  })

  test('draws something harmless when its props are rubbish', () => {
    const names = Object.keys(UI_COMPONENTS[type].props)
    for (const rubbish of [
      null,
      0,
      -1e9,
      '',
      '\u0000javascript:alert(1)',
      [],
      [null, 1, 'x'],
      {},
      { type: type, props: {} },
      { action: 'call' },
      true,
    ]) {
      const props = Object.fromEntries(names.map((name) => [name, rubbish]))
      const html = renderToStaticMarkup(<UiTree node={{ type, props }} host={fakeHost()} />)
      expect(html).not.toMatch(/href="[^"]*javascript:/)
      expect(html).not.toContain('failed to render')
    }
  })
})
