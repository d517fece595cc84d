// @vitest-environment happy-dom

import { act } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { byRole, click, mount, press } from '../testing/mount.tsx'

const onSelect = vi.fn()

/** A menu and a field, by modules that wait for the layers until they may arrive. */
async function open() {
  vi.resetModules()
  const gate = Promise.withResolvers<void>()
  vi.doMock('../layers/index.ts', async (original) => {
    await gate.promise
    return original()
  })
  const [{ Button }, { Menu }, { preloadLayers }] = await Promise.all([
    import('./button.tsx'),
    import('./menu.tsx'),
    import('./layers.ts'),
  ])
  const page = await mount(
    <>
      <Menu items={[{ key: 'a', label: 'Archive', onSelect }]}>
        <Button>More</Button>
      </Menu>
      <input aria-label="Name" />
    </>,
  )
  const button = byRole('button', 'More')
  const isOpen = () => button.getAttribute('aria-expanded') === 'true'
  const arrive = async () => {
    gate.resolve()
    await act(preloadLayers)
  }
  return { page, button, isOpen, arrive, fail: () => gate.reject(new Error('offline')) }
}
afterEach(() => vi.doUnmock('../layers/index.ts'))

test('[ui 4.15] a menu that is opened before its code is there opens with it, beside the same button', async () => {
  const { page, button, isOpen, arrive } = await open()
  button.focus()
  await press(button, 'Enter')
  await press(button, 'Enter') // impatience does not close it
  expect(isOpen()).toBe(true)
  await arrive()
  await vi.waitFor(() => expect(document.activeElement?.textContent).toBe('Archive'))
  expect(byRole('button', 'More')).toBe(button)
  await press(document.activeElement as HTMLElement, 'Enter') // an entry of the menu by the line above
  expect(onSelect).toHaveBeenCalledOnce()
  await vi.waitFor(() => expect(document.activeElement).toBe(button))
  expect(isOpen()).toBe(false)
  await page.unmount()
})

test('[ui 4.15] who goes elsewhere before the code of a menu is there keeps the focus', async () => {
  const { page, button, isOpen, arrive } = await open()
  await click(button)
  expect(isOpen()).toBe(true)
  const field = byRole('textbox', 'Name')
  await act(async () => field.focus())
  await arrive()
  expect(isOpen()).toBe(false)
  expect(document.activeElement).toBe(field)
  expect(document.querySelector('[role=menu]')).toBeNull()
  await page.unmount()
})

test('[ui 4.15] a menu whose code cannot be fetched is closed again', async () => {
  const { page, button, isOpen, fail } = await open()
  await press(button, 'Enter')
  expect(isOpen()).toBe(true)
  fail()
  await vi.waitFor(() => expect(isOpen()).toBe(false))
  await page.unmount()
})
