// @vitest-environment happy-dom
import { parseUiTree, UI_COMPONENTS, type UiComponentType } from '@imperal/contract/ui'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { fakeHost } from '../testing/fake-host.ts'
import { mount, until } from '../testing/mount.tsx'
import { UiTree } from '../tree/ui-tree.tsx'
import { type Example, GALLERY } from './index.ts'

const types = Object.keys(UI_COMPONENTS) as UiComponentType[]
const examples = Object.entries(GALLERY).flatMap(([name, all]) =>
  all.map((example): [string, Example] => [`${name}: ${example.name}`, example]),
)

test.each(examples)('%s parses without a note and is drawn, in a browser and on a server', async (_name, { tree }) => {
  expect(parseUiTree(tree).notes).toEqual([])
  const mounted = await mount(<UiTree node={tree} host={fakeHost()} />)
  await until(() => expect(document.querySelector('.im-lazy')).toBeNull())
  expect(document.body.innerHTML).not.toContain('This section failed to render')
  await mounted.unmount()
  expect(() => renderToStaticMarkup(<UiTree node={tree} host={fakeHost()} />)).not.toThrow()
})

describe.each(types)('%s', (type) => {
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
