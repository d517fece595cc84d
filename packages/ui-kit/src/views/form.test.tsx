// @vitest-environment happy-dom
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { preloadLayers } from '../parts/layers.ts'
import { type FakeHost, fakeHost } from '../testing/fake-host.ts'
import { byRole, click, type Mounted, mount, press, type, until } from '../testing/mount.tsx'
import { UiTree } from '../tree/ui-tree.tsx'

beforeAll(preloadLayers)
let mounted: Mounted | undefined
afterEach(async () => {
  await mounted?.unmount()
  mounted = undefined
})
const draw = async (node: unknown, host: FakeHost = fakeHost()) => {
  mounted = await mount(<UiTree node={node} host={host} />)
  return host
}
const call = (name: string, params: object = {}) => ({ action: 'call', function: name, params })
const form = (children: object[], more: object = {}) => ({
  type: 'Form',
  props: { action: 'save', submit_label: 'Save', children, ...more },
})
const input = (name: string, more: object = {}) => ({
  type: 'Input',
  props: { param_name: name, label: name, value: '', ...more },
})

describe('Form', () => {
  test('[ui 1.10 B] sends every value: typed ones, defaults over declared ones, hidden ones', async () => {
    const children = [
      input('code', { label: 'Code', required: true }),
      { type: 'Select', props: { options: [{ value: 'd4', label: 'Dock 4' }], value: 'd4', param_name: 'dock' } },
      { type: 'Toggle', props: { value: false, param_name: 'fragile', label: 'Fragile' } },
    ]
    const defaults = { crate_id: 'c-17', fragile: true }
    const host = await draw({ type: 'Form', props: { children, defaults, action: 'save_crate', submit_label: 'Save' } })
    await type(byRole('textbox', 'Code'), 'C-18')
    await click(byRole('button', 'Save'))
    expect(host.fired).toMatchObject([
      {
        action: { function: 'save_crate', params: { crate_id: 'c-17', fragile: true, code: 'C-18', dock: 'd4' } },
        origin: { kind: 'form' },
      },
    ])
  })

  test('[ui 4.6] a missing required field is told on the field, which gets the focus, also in a closed tab', async () => {
    const host = await draw(
      form([
        {
          type: 'Tabs',
          props: {
            tabs: [
              { label: 'One', content: input('a') },
              { label: 'Two', content: input('b', { required: true }) },
            ],
          },
        },
      ]),
    )
    await click(byRole('button', 'Save'))
    expect(host.fired).toHaveLength(0)
    await until(() => expect(document.activeElement?.getAttribute('name')).toBe('b'))
    expect(document.activeElement?.getAttribute('aria-invalid')).toBe('true')
    expect(document.querySelector('[role=alert]')?.textContent).toBe('This is needed.')
  })

  test('[ui 4.6] values of fields in a closed tab survive and are sent', async () => {
    const host = await draw(
      form([
        {
          type: 'Tabs',
          props: {
            tabs: [
              { label: 'One', content: input('a') },
              { label: 'Two', content: input('b', { value: 'x' }) },
            ],
          },
        },
      ]),
    )
    await type(byRole('textbox', 'a'), 'first')
    await click(byRole('tab', 'Two'))
    await click(byRole('button', 'Save'))
    expect(host.fired[0]?.payload).toEqual({ a: 'first', b: 'x' })
  })

  test('[ui 1.5] a refresh keeps what was typed; changed defaults or params reset it', async () => {
    const tree = form([input('a')], { defaults: { a: 'old' } })
    const host = await draw(tree)
    await type(byRole('textbox', 'a'), 'mine')
    await mounted?.render(<UiTree node={structuredClone(tree)} host={host} />)
    expect(byRole('textbox', 'a')).toHaveProperty('value', 'mine')
    await mounted?.render(<UiTree node={form([input('a')], { defaults: { a: 'new' } })} host={host} />)
    expect(byRole('textbox', 'a')).toHaveProperty('value', 'new')
    await type(byRole('textbox', 'a'), 'again')
    await mounted?.render(<UiTree node={form([input('a')], { defaults: { a: 'new' } })} host={host} editKey="other" />)
    expect(byRole('textbox', 'a')).toHaveProperty('value', 'new')
  })

  test('[ui 3.6] a failure stands above the button, field errors on their fields', async () => {
    const host = fakeHost()
    host.answer = () => ({ ok: false, error: { message: 'Not saved', fieldErrors: { a: 'Taken' } } })
    await draw(form([input('a')]), host)
    await type(byRole('textbox', 'a'), 'x')
    await click(byRole('button', 'Save'))
    const alerts = [...document.querySelectorAll('[role=alert]')].map((one) => one.textContent)
    expect(alerts).toEqual(['Taken', 'Not saved'])
  })

  test('[ui 2.4] number inputs send numbers, empty ones null; ticks send booleans', async () => {
    const host = await draw(
      form([
        input('n', { type: 'number', value: '2' }),
        input('m', { type: 'number' }),
        { type: 'Checkbox', props: { param_name: 'c', label: 'c' } },
      ]),
    )
    await type(byRole('textbox', 'n'), '41.5')
    await click(byRole('checkbox', 'c'))
    await click(byRole('button', 'Save'))
    expect(host.fired[0]?.payload).toEqual({ n: 41.5, m: null, c: true })
  })

  test('[ui 3.3] the question of a form is asked after validation', async () => {
    const host = await draw(form([input('a')], { confirm: 'Really save?' }))
    await click(byRole('button', 'Save'))
    expect(document.querySelector('[role=alertdialog]')?.textContent).toContain('Really save?')
    await click(byRole('button', 'Continue'))
    expect(host.fired).toHaveLength(1)
  })

  test('[S000-156] Password never completes or checks its text and is wiped after sending', async () => {
    await draw(form([input('key', { type: 'password' })]))
    const field = byRole('textbox', 'key')
    expect(field.getAttribute('type')).toBe('password')
    expect(field.getAttribute('autocomplete')).toBe('new-password')
    expect(field.getAttribute('spellcheck')).toBe('false')
    await type(field, 'sk-1')
    await click(byRole('button', 'Save'))
    await until(() => expect(field).toHaveProperty('value', ''))
  })

  test('[ui 2.3 Button] submit and reset buttons belong to the form around them', async () => {
    const buttons = ['submit', 'reset'].map((kind) => ({ type: 'Button', props: { label: kind, type: kind } }))
    const host = await draw(form([input('a', { value: 'x' }), ...buttons], { submit_label: '' }))
    await type(byRole('textbox', 'a'), 'y')
    await click(byRole('button', 'reset'))
    expect(byRole('textbox', 'a')).toHaveProperty('value', 'x')
    await click(byRole('button', 'submit'))
    expect(host.fired[0]?.payload).toEqual({ a: 'x' })
  })
})

describe('controls outside of forms', () => {
  test('[ui 3.5 Input] Enter sends the trimmed text and clears the field', async () => {
    const host = await draw(input('q', { on_submit: call('find', { scope: 'all' }) }))
    const field = byRole('textbox', 'q')
    await type(field, '  ')
    await press(field, 'Enter')
    expect(host.fired).toHaveLength(0)
    await type(field, ' oslo ')
    await press(field, 'Enter')
    expect(host.fired[0]?.action).toMatchObject({ params: { scope: 'all', q: 'oslo' } })
    await until(() => expect(field).toHaveProperty('value', ''))
  })

  test('[ui 3.5 TextArea] Ctrl and Enter send the text as it is', async () => {
    const host = await draw({ type: 'TextArea', props: { param_name: 't', label: 't', on_submit: call('f') } })
    await type(byRole('textbox', 't'), ' a ')
    await press(byRole('textbox', 't'), 'Enter', { ctrlKey: true })
    expect(host.fired[0]?.payload).toEqual({ t: ' a ' })
  })

  test('[ui 2.4 Toggle] fires at once and goes back when the action fails', async () => {
    const host = fakeHost()
    host.answer = () => ({ ok: false, error: { message: 'No' } })
    const props = { value: true, param_name: 'reminders', label: 'Reminders', on_change: call('set_reminders') }
    await draw({ type: 'Toggle', props }, host)
    const control = document.querySelector('[role=switch]') as HTMLElement
    await click(control)
    expect(host.fired[0]?.payload).toEqual({ reminders: false })
    await until(() => expect(control.getAttribute('aria-checked')).toBe('true'))
  })

  test('[ui 3.5 Select, MultiSelect, TagInput] changes carry the value under the name of the control', async () => {
    const options = ['a', 'b']
    const host = await draw({
      type: 'Stack',
      props: {
        children: [
          { type: 'Select', props: { options, value: 'a', param_name: 's', label: 's', on_change: call('f') } },
          { type: 'MultiSelect', props: { options, values: ['a'], param_name: 'm', label: 'm', on_change: call('f') } },
          {
            type: 'TagInput',
            props: { values: ['x'], param_name: 't', label: 't', on_change: call('f'), validate: '^[a-z]+$' },
          },
        ],
      },
    })
    await type(document.querySelector('select') as HTMLElement, 'b')
    await click(byRole('button', 'Remove a'))
    const tags = [...document.querySelectorAll<HTMLElement>('input[role=combobox]')].at(-1) as HTMLElement
    await type(tags, 'yes')
    await press(tags, 'Enter')
    await type(tags, 'No1')
    await press(tags, 'Enter')
    expect(host.fired.map((one) => one.payload)).toEqual([{ s: 'b' }, { m: [] }, { t: ['x', 'yes'] }])
    expect(document.querySelector('[role=alert]')?.textContent).toContain('No1')
  })

  test('[ui 2.4 Select] a value that is no option is shown, and long lists are searched', async () => {
    const long = Array.from({ length: 20 }, (_, index) => `Folder ${index}`)
    const host = await draw({
      type: 'Stack',
      props: {
        children: [
          { type: 'Select', props: { options: ['a'], value: 'gone', param_name: 's' } },
          { type: 'Select', props: { options: long, value: '', param_name: 'l', on_change: call('f') } },
        ],
      },
    })
    expect(document.querySelector('select')).toHaveProperty('value', 'gone')
    const box = document.querySelector('input[role=combobox]') as HTMLElement
    await type(box, 'folder 17')
    await press(box, 'Enter')
    expect(host.fired[0]?.payload).toEqual({ l: 'Folder 17' })
  })
})
