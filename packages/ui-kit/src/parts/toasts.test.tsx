// @vitest-environment happy-dom
import { act } from 'react'
import { expect, test } from 'vitest'
import { byRole, click, mount } from '../testing/mount.tsx'
import { createToasts, ToastRegion } from './toasts.tsx'

test('[ui 2.6 Toast] three are visible, the others wait; actions run and dismiss', async () => {
  const toasts = createToasts()
  const mounted = await mount(<ToastRegion toasts={toasts} />)
  let undone = 0
  await act(async () => {
    for (const message of ['one', 'two', 'three']) toasts.show({ message, duration: 0 })
    toasts.show({
      message: 'four',
      duration: 0,
      variant: 'error',
      owner: 'Notes',
      action: { label: 'Undo', run: () => undone++ },
    })
  })
  const shown = () => [...document.querySelectorAll('.im-toast')].map((one) => one.querySelector('span')?.textContent)
  expect(shown()).toEqual(['one', 'two', 'three'])
  await click(document.querySelector('[aria-label=Dismiss]') as HTMLElement)
  expect(shown()).toEqual(['two', 'three', 'four'])
  expect(document.querySelector('[data-variant=error]')?.getAttribute('role')).toBe('alert')
  await click(byRole('button', 'Undo'))
  expect(undone).toBe(1)
  expect(shown()).toEqual(['two', 'three'])
  await mounted.unmount()
})
