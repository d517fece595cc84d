// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest'
import { fakeHost } from '../testing/fake-host.ts'
import { byRole, click, type Mounted, mount, until } from '../testing/mount.tsx'
import { UiTree } from '../tree/ui-tree.tsx'

let mounted: Mounted | undefined
afterEach(() => mounted?.unmount())

const PICTURE = '<p>Read me</p><img src="https://tracker.example/1.gif" alt="x">'
const draw = async (props: object, remoteImages?: 'always' | 'ask' | 'never') => {
  mounted = await mount(
    <UiTree node={{ type: 'Html', props: { content: PICTURE, ...props } }} host={fakeHost({ remoteImages })} />,
  )
  await until(() => expect(document.querySelector('.im-html')).not.toBeNull())
}
/** The policy of the frame, or what stands in the page where there is none. */
const loads = () => {
  const frame = document.querySelector('iframe')
  return frame
    ? /img-src https:.*font-src https:/.test(frame.srcdoc)
    : document.querySelector('.im-html-inline img[src^="https:"]') !== null
}
const bar = () => document.querySelector('.im-html-bar')?.textContent ?? ''

test.each([
  ['a mail asks', { sandbox: true, theme: 'light' }, undefined, false, 'Load images'],
  ['other markup loads them', { sandbox: true, theme: 'dark' }, undefined, true, ''],
  ['a white sheet in the page asks', { sandbox: false, theme: 'light' }, undefined, false, 'Load images'],
  ['who always wants them gets them', { sandbox: true, theme: 'light' }, 'always', true, ''],
  ['who is always asked is asked', { sandbox: true, theme: 'dark' }, 'ask', false, 'Load images'],
  ['who never wants them is not asked', { sandbox: true, theme: 'light' }, 'never', false, 'not loaded.'],
  ['nor in the page itself', { sandbox: false, theme: 'dark' }, 'never', false, 'not loaded.'],
] as const)('[ui 4.11.6] pictures from elsewhere: %s', async (_title, props, choice, isLoaded, end) => {
  await draw(props, choice)
  expect(loads()).toBe(isLoaded)
  expect(bar().endsWith(end)).toBe(true)
  expect(bar() === '').toBe(end === '')
})

test('[ui 4.11.6] pictures and fonts come when the person asks for them', async () => {
  await draw({ sandbox: true, theme: 'light' })
  expect(document.querySelector('iframe')?.srcdoc).toContain(
    "img-src data:; style-src 'unsafe-inline'; font-src data:;",
  )
  await click(byRole('button', 'Load images'))
  expect([loads(), bar()]).toEqual([true, ''])
})
