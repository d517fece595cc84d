// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest'
import { fakeHost } from '../testing/fake-host.ts'
import { click, type Mounted, mount, press } from '../testing/mount.tsx'
import { UiTree } from '../tree/ui-tree.tsx'

let mounted: Mounted | undefined
afterEach(async () => {
  await mounted?.unmount()
})
const lines = () => [...document.querySelectorAll<HTMLElement>('[role=treeitem]')]
const names = () => lines().map((line) => line.querySelector('.im-truncate')?.textContent)
const focused = () => document.activeElement as HTMLElement

test('[ui 2.5 Tree] opens, closes and fires by mouse and by keyboard', async () => {
  const host = fakeHost()
  const leaf = (id: string) => ({ id, label: id, on_click: { action: 'call', function: 'open', params: { id } } })
  const nodes = [
    { id: 'a', label: 'a', children: [leaf('a1'), { id: 'a2', label: 'a2', children: [leaf('x')] }] },
    leaf('b'),
  ]
  mounted = await mount(<UiTree node={{ type: 'Tree', props: { nodes } }} host={host} />)
  expect(names()).toEqual(['a', 'a1', 'a2', 'b'])
  expect(lines().map((line) => line.tabIndex)).toEqual([0, -1, -1, -1])
  lines()[0]?.focus()
  await press(focused(), 'ArrowDown')
  await press(focused(), 'ArrowDown')
  expect(focused().dataset.entry).toBe('a2')
  await press(focused(), 'ArrowRight')
  expect(names()).toEqual(['a', 'a1', 'a2', 'x', 'b'])
  await press(focused(), 'ArrowRight')
  await press(focused(), 'Enter')
  expect(host.fired).toMatchObject([{ action: { params: { id: 'x' } } }])
  await press(focused(), 'ArrowLeft')
  await press(focused(), 'ArrowLeft')
  expect(names()).toEqual(['a', 'a1', 'a2', 'b'])
  await press(focused(), 'b')
  expect(focused().dataset.entry).toBe('b')
  await click(lines()[0] as HTMLElement)
  expect(names()).toEqual(['a', 'b'])
  expect(lines()[0]?.getAttribute('aria-expanded')).toBe('false')
})
