// @vitest-environment happy-dom

import type { ComponentType, ReactNode } from 'react'
import { Component } from 'react'
import { expect, test, vi } from 'vitest'
import { mount, until } from '../testing/mount.tsx'
import { laterPart } from './later-part.tsx'

interface NameProps {
  readonly name: string
}
const Greeting: ComponentType<NameProps> = ({ name }) => <p>Hello {name}</p>

test('[ui 4.15] a part that was fetched ahead is drawn at once, without what waits for it', async () => {
  const waiting = vi.fn(() => <i>wait</i>)
  const Later = laterPart<NameProps>(async () => Greeting, waiting)
  const early = await mount(<Later name="Ada" />)
  await until(() => expect(early.element.textContent).toBe('Hello Ada'))
  expect(waiting).toHaveBeenCalled()
  await early.unmount()

  const seen: (string | null)[] = []
  const Watched = laterPart<NameProps>(
    async () => Greeting,
    () => <b ref={(node) => void seen.push(node && 'waited')}>wait</b>,
  )
  await Watched.preload()
  const late = await mount(<Watched name="Grace" />)
  expect(late.element.textContent).toBe('Hello Grace')
  expect(seen).toEqual([])
  await late.unmount()
})

class Boundary extends Component<{ readonly children: ReactNode }> {
  override state = { failed: false }
  static getDerivedStateFromError = () => ({ failed: true })
  override render = () => (this.state.failed ? 'unreachable' : this.props.children)
}

test('[ui 4.15] a part that could not be fetched is fetched by the next drawing', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined) // React tells of what the boundary catches
  let online = false
  const Later = laterPart<NameProps>(async () => {
    if (!online) throw new Error('offline')
    return Greeting
  })
  const draw = (key: string) => (
    <Boundary key={key}>
      <Later name="Ada" />
    </Boundary>
  )
  const page = await mount(draw('first'))
  await until(() => expect(page.element.textContent).toBe('unreachable'))
  online = true
  await page.render(draw('second'))
  await until(() => expect(page.element.textContent).toBe('Hello Ada'))
  await page.unmount()
  vi.restoreAllMocks()
})
