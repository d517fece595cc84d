// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from 'vitest'
import { type FakeHost, fakeHost } from '../testing/fake-host.ts'
import { byRole, click, type Mounted, mount, press, until } from '../testing/mount.tsx'
import { UiTree } from '../tree/ui-tree.tsx'

let mounted: Mounted | undefined
afterEach(async () => {
  await mounted?.unmount()
  mounted = undefined
})
const draw = async (node: unknown, host: FakeHost = fakeHost()) => {
  mounted = await mount(<UiTree node={node} host={host} />)
  return host
}
const button = (action: object, more: object = {}) => ({
  type: 'Button',
  props: { label: 'Go', on_click: action, ...more },
})
const call = (name: string, params: object = {}) => ({ action: 'call', function: name, params })

describe('actions', () => {
  test('[S003-137] a call reaches the host with its function and params', async () => {
    const host = await draw(button(call('delete_item', { item_id: 'i1' })))
    await click(byRole('button', 'Go'))
    expect(host.fired).toMatchObject([
      { action: { action: 'call', function: 'delete_item', params: { item_id: 'i1' } }, origin: { kind: 'control' } },
    ])
  })

  test('[ui 3.2] Navigate and Open go to the shell, Send to the chat', async () => {
    const host = await draw({
      type: 'Stack',
      props: {
        children: [
          { type: 'Button', props: { label: 'A', on_click: { action: 'navigate', path: '/ext/crates/secrets#key' } } },
          { type: 'Button', props: { label: 'B', on_click: { action: 'open', url: 'https://example.com/' } } },
          { type: 'Button', props: { label: 'C', on_click: { action: 'send', message: 'What is late?' } } },
        ],
      },
    })
    for (const name of ['A', 'B', 'C']) await click(byRole('button', name))
    expect(host.paths).toEqual(['/ext/crates/secrets#key'])
    expect(host.opened).toEqual(['https://example.com/'])
    expect(host.fired.map((one) => one.action)).toMatchObject([{ action: 'send', message: 'What is late?' }])
  })

  test('[ui 2.0.5] while an action runs its control is busy and cannot fire again', async () => {
    const host = fakeHost()
    let finish: () => void = () => undefined
    host.answer = () => new Promise((resolve) => (finish = () => resolve({ ok: true })))
    await draw(button(call('f')), host)
    const control = byRole('button', 'Go')
    await click(control)
    await click(control)
    expect(control.getAttribute('aria-busy')).toBe('true')
    // It may wait for the person's word on a confirmation: nothing loads yet, so it keeps its own words.
    expect([control.textContent, control.hasAttribute('disabled')]).toEqual(['Go', true])
    expect(host.fired).toHaveLength(1)
    finish()
    await until(() => expect(control.hasAttribute('aria-busy')).toBe(false))
  })

  test('[ui 2.0.5] a failure is told beside the control, and a retry keeps the key of the gesture', async () => {
    const host = fakeHost()
    host.answer = () => ({ ok: false, error: { message: 'The bank did not answer', retryable: true } })
    await draw(button(call('f')), host)
    await click(byRole('button', 'Go'))
    expect(document.querySelector('[role=alert]')?.textContent).toBe('The bank did not answer')
    host.answer = () => ({ ok: true })
    await click(byRole('button', 'Go'))
    await click(byRole('button', 'Go'))
    expect(document.querySelector('[role=alert]')).toBeNull()
    const [first, second, third] = host.fired.map((one) => one.origin.gestureId)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })

  test('[ui 3.6] a host that throws is shown as a failure too', async () => {
    const host = fakeHost()
    host.answer = () => Promise.reject(new Error('offline'))
    await draw(button(call('f')), host)
    await click(byRole('button', 'Go'))
    expect(document.querySelector('[role=alert]')?.textContent).toBe('offline')
  })

  test('[ui 3.3] a confirmation is asked first, Cancel has the focus, declining fires nothing', async () => {
    const host = await draw(
      button({
        ...call('f'),
        confirm: { title: 'Delete it?', message: 'Crate C-17', confirm_label: 'Delete crate', destructive: true },
      }),
    )
    await click(byRole('button', 'Go'))
    // The code of dialogs is loaded when one is wanted.
    const asked = () =>
      until(() => expect(document.querySelector('[role=alertdialog]')?.textContent).toContain('Crate C-17'))
    await asked()
    await until(() => expect(document.activeElement?.textContent).toBe('Cancel'))
    await click(byRole('button', 'Cancel'))
    expect(host.fired).toHaveLength(0)
    await click(byRole('button', 'Go'))
    await asked()
    await press(document.activeElement as HTMLElement, 'Escape')
    await until(() => expect(document.querySelector('[role=alertdialog]')).toBeNull())
    expect(host.fired).toHaveLength(0)
    await click(byRole('button', 'Go'))
    await asked()
    await click(byRole('button', 'Delete crate'))
    expect(host.fired).toHaveLength(1)
  })

  test('[ui 2.3 Dialog] the confirm button closes the overlay on success and keeps it with the error otherwise', async () => {
    const host = fakeHost()
    host.answer = () => ({ ok: false, error: { message: 'Still in use' } })
    const tree = {
      type: 'Dialog',
      props: {
        title: 'Suspend?',
        confirm_label: 'Suspend',
        cancel_label: 'Keep',
        on_confirm: call('suspend'),
        on_close: call('closed'),
      },
    }
    await draw(tree, host)
    await until(() => byRole('button', 'Suspend'))
    await click(byRole('button', 'Suspend'))
    expect(document.querySelector('[role=dialog]')?.textContent).toContain('Still in use')
    host.answer = () => ({ ok: true })
    await click(byRole('button', 'Suspend'))
    await until(() => expect(document.querySelector('[role=dialog]')).toBeNull())
    expect(host.fired.map((one) => (one.action.action === 'call' ? one.action.function : ''))).toEqual([
      'suspend',
      'suspend',
    ])
    await mounted?.render(<UiTree node={structuredClone(tree)} host={host} />)
    expect(document.querySelector('[role=dialog]')).toBeNull()
    await mounted?.render(<UiTree node={tree} host={host} openKey="2" />)
    expect(document.querySelector('[role=dialog]')).not.toBeNull()
    await click(byRole('button', 'Keep'))
    expect(host.fired.at(-1)?.action).toMatchObject({ function: 'closed' })
  })

  test('[ui 2.3 Card] a click on a control inside a clickable card does not fire the card', async () => {
    const host = await draw({
      type: 'Card',
      props: { title: 'T', on_click: call('card'), content: button(call('inner')) },
    })
    await click(byRole('button', 'Go'))
    expect(host.fired.map((one) => one.action)).toMatchObject([{ function: 'inner' }])
    const card = document.querySelector('.im-card') as HTMLElement
    await press(card, 'Enter')
    expect(host.fired).toHaveLength(2)
  })

  test('[ui 4.9, 4.10] [S003-152] [S003-153] toolbars are padded in a pane and not inside padded holders; sticky ones are pinned', async () => {
    const row = { type: 'Stack', props: { direction: 'h', sticky: true, children: [] } }
    await draw({
      type: 'Stack',
      props: {
        children: [row, { type: 'Card', props: { content: { ...row, props: { ...row.props, sticky: false } } } }],
      },
    })
    const rows = [...document.querySelectorAll('.im-row-stack')]
    expect(rows.map((one) => one.classList.contains('im-toolbar'))).toEqual([true, false])
    expect(rows.map((one) => one.classList.contains('im-sticky'))).toEqual([true, false])
  })
})
