// @vitest-environment happy-dom
import { act } from 'react'
import { afterEach, expect, test } from 'vitest'
import type { ActionOutcome } from '../host/ui-host.ts'
import { type FakeHost, fakeHost } from '../testing/fake-host.ts'
import { type Mounted, mount, press, type } from '../testing/mount.tsx'
import { UiTree } from '../tree/ui-tree.tsx'

let mounted: Mounted | undefined
afterEach(() => mounted?.unmount())

const slider = (value: number) => ({
  type: 'Slider',
  props: { min: 0, max: 1000, step: 50, value, param_name: 'limit', on_change: call('set_limit') },
})
const call = (name: string) => ({ action: 'call', function: name, params: {} })
/** A host whose calls end when they are told to. */
function slowHost() {
  const host = fakeHost()
  const ends: ((outcome: ActionOutcome) => void)[] = []
  host.answer = () => new Promise((resolve) => ends.push(resolve))
  const end = (outcome: ActionOutcome = { ok: true }) => act(async () => ends.shift()?.(outcome))
  return { host, end }
}
const sent = (host: FakeHost) => host.fired.map(({ payload }) => payload)
const input = () => document.querySelector('input') as HTMLInputElement // each tree has one

const moveTo = async (value: number) => {
  await type(input(), String(value))
  await act(async () => void input().dispatchEvent(new KeyboardEvent('keyup', { key: 'ArrowRight', bubbles: true })))
}

test('[ui 2.0.5] a slider that moves on during its call sends where it came to rest, one call at a time', async () => {
  const { host, end } = slowHost()
  mounted = await mount(<UiTree node={slider(600)} host={host} />)
  for (const value of [650, 700, 750]) await moveTo(value)
  expect(sent(host)).toEqual([{ limit: 650 }])
  // A refresh that the first call caused does not take it back from under the finger.
  await mounted.render(<UiTree node={slider(650)} host={host} />)
  expect(input().value).toBe('750')
  await end()
  expect(sent(host)).toEqual([{ limit: 650 }, { limit: 750 }])
  await end()
  expect(input().value).toBe('750')
  // What the app says in the end counts.
  await mounted.render(<UiTree node={slider(740)} host={host} />)
  expect(input().value).toBe('740')
})

test('[ui 2.0.5] the last value is sent although the call before failed', async () => {
  const { host, end } = slowHost()
  mounted = await mount(<UiTree node={slider(600)} host={host} />)
  await moveTo(650)
  await moveTo(700)
  await end({ ok: false, error: { message: 'Try later', code: 'BUSY', retryable: true } })
  await end()
  expect(sent(host)).toEqual([{ limit: 650 }, { limit: 700 }])
  expect(document.querySelector('[role=alert]')).toBeNull()
})

test('[ui:TagInput] a tag that is written while the one before is kept is kept too', async () => {
  const { host, end } = slowHost()
  const tags = { type: 'TagInput', props: { values: [], param_name: 'tags', on_change: call('set_tags') } }
  mounted = await mount(<UiTree node={tags} host={host} />)
  for (const tag of ['oslo', 'bergen']) {
    await type(input(), tag)
    await press(input(), 'Enter')
  }
  await end()
  expect(sent(host)).toEqual([{ tags: ['oslo'] }, { tags: ['oslo', 'bergen'] }])
  await end()
})
