import { parseUiTree, UiActionWire } from '@imperal/contract/ui'
import { expect, test } from 'vitest'
import { UIBuildError, ui } from './index.ts'

const call = ui.Call('f', { a: 1 })

test('[S003-134] the inventory example of the seed builds the printed tree', () => {
  const item = ui.ListItem('i1', 'Bolt', {
    subtitle: 'Qty: 3',
    badge: ui.Badge('Low', { color: 'red' }),
    expandable: true,
    expandedContent: [
      ui.KeyValue(
        [
          { key: 'SKU', value: 'B-2' },
          { key: 'Price', value: '$4' },
        ],
        { columns: 2 },
      ),
      ui.Button('Delete', { variant: 'danger', onClick: ui.Call('delete_item', { item_id: 'i1' }) }),
    ],
  })
  const tree = ui.Stack([
    ui.Header('Inventory', { level: 3, subtitle: '1 items' }),
    ui.Button('+ New Item', { variant: 'primary', onClick: ui.Call('create_item') }),
    ui.List([item], { searchable: true }),
  ])
  expect(tree).toEqual({
    type: 'Stack',
    props: {
      children: [
        { type: 'Header', props: { text: 'Inventory', level: 3, subtitle: '1 items' } },
        {
          type: 'Button',
          props: {
            label: '+ New Item',
            variant: 'primary',
            on_click: { action: 'call', function: 'create_item', params: {} },
            disabled: false,
            size: 'md',
          },
        },
        {
          type: 'List',
          props: {
            items: [
              {
                type: 'ListItem',
                props: {
                  id: 'i1',
                  title: 'Bolt',
                  subtitle: 'Qty: 3',
                  badge: { type: 'Badge', props: { label: 'Low', color: 'red' } },
                  expandable: true,
                  expanded_content: [
                    {
                      type: 'KeyValue',
                      props: {
                        items: [
                          { key: 'SKU', value: 'B-2' },
                          { key: 'Price', value: '$4' },
                        ],
                        columns: 2,
                      },
                    },
                    {
                      type: 'Button',
                      props: {
                        label: 'Delete',
                        variant: 'danger',
                        on_click: { action: 'call', function: 'delete_item', params: { item_id: 'i1' } },
                        disabled: false,
                        size: 'md',
                      },
                    },
                  ],
                },
              },
            ],
            searchable: true,
            grouped_by: '',
          },
        },
      ],
      direction: 'v',
      gap: 3,
    },
  })
})

test('[ui 2.1, 2.4] composed builders emit the component they stand for', () => {
  expect(ui.Row([], { gap: 1 })).toEqual({ type: 'Stack', props: { children: [], direction: 'h', gap: 1 } })
  expect(ui.Column([])).toEqual({ type: 'Stack', props: { children: [], direction: 'v', gap: 3 } })
  expect(ui.Password({ paramName: 'key' })).toEqual({
    type: 'Input',
    props: { placeholder: 'paste value…', value: '', param_name: 'key', type: 'password' },
  })
  expect(ui.BackButton('Notes')).toMatchObject({
    type: 'Button',
    props: { label: '← Back to Notes', variant: 'ghost', size: 'sm' },
  })
  expect(ui.DataColumn('sku', 'SKU')).toEqual({ key: 'sku', label: 'SKU', sortable: true })
})

test('[S000-032] Empty takes its message alone or by name', () => {
  expect(ui.Empty({ message: 'No items yet.' })).toEqual({ type: 'Empty', props: { message: 'No items yet.' } })
  expect(ui.Empty('No items yet.')).toEqual(ui.Empty({ message: 'No items yet.' }))
})

test('[S003-137] actions are plain data that the table accepts', () => {
  expect(ui.Call('delete_item', { item_id: 'i1' })).toEqual({
    action: 'call',
    function: 'delete_item',
    params: { item_id: 'i1' },
  })
  expect(ui.Call({ panelId: 'crate' }, { id: 1 })).toEqual({
    action: 'call',
    function: '__panel__crate',
    params: { id: 1 },
  })
  expect(ui.Call({ functionName: 'save' })).toEqual({ action: 'call', function: 'save', params: {} })
  const confirmed = ui.Navigate('/ext/a', {
    confirm: { title: 'Leave?', message: 'Unsaved', confirmLabel: 'Leave', destructive: true },
  })
  expect(confirmed).toEqual({
    action: 'navigate',
    path: '/ext/a',
    confirm: { title: 'Leave?', message: 'Unsaved', confirm_label: 'Leave', destructive: true },
  })
  for (const action of [call, confirmed, ui.Send('hi'), ui.Open('https://example.com')])
    expect(UiActionWire.safeParse(action).success).toBe(true)
})

test('[ui 7.1.4] falsy children are left out; nothing else is', () => {
  expect(ui.Stack([null, false, undefined, ui.Text('')]).props.children).toHaveLength(1)
})

test('[ui 7.1.6] builders refuse what cannot travel or is not in the table', () => {
  const refused: (() => unknown)[] = [
    () => ui.Button('a', { variant: 'neon' as 'primary' }),
    () => ui.Button('a', { onclick: call } as object),
    () => ui.Button(''),
    () => ui.Stack([], { direction: 'diagonal' as 'v' }),
    () => ui.Progress(Number.NaN),
    () => ui.Call('f', { at: new Date() } as never),
    () => ui.Text(undefined as never),
    () => ui.Alert('a', { type: 'loud' as 'info' }),
    () => ui.Toast('a', { duration: -1 }),
  ]
  for (const build of refused) expect(build).toThrow(UIBuildError)
})

test('[ui 7.1.7] envelope keys go through one option, nodes are frozen', () => {
  const node = ui.Text('a', { node: { id: 'n1', revision: 2 } })
  expect(node).toEqual({ type: 'Text', props: { content: 'a', variant: 'body' }, id: 'n1', revision: 2 })
  expect(Object.isFrozen(node.props)).toBe(true)
})

test('[ui 5.6] auto_action sits in the props of the root', () => {
  const tree = ui.withAutoAction(ui.List([]), ui.Call({ panelId: 'crate' }))
  expect(tree.props.auto_action).toEqual({ action: 'call', function: '__panel__crate', params: {} })
  expect(parseUiTree(tree).notes).toEqual([])
})

test('[UI4.15] [UI7.3] theme gives the look of the agency without what is malformed, and the platform its own', () => {
  expect(ui.theme({ agencyTheme: null })).toEqual({ colors: {}, density: 'default', radius: 'default' })
  const stored = {
    colors: { primary: { light: '#112233', dark: '#aabbcc' }, accent: { light: 'red', dark: '#aabbcc' }, text: 'x' },
    density: 'compact',
    radius: 'round',
  }
  expect(ui.theme({ agencyTheme: stored })).toEqual({
    colors: { primary: { light: '#112233', dark: '#aabbcc' } },
    density: 'compact',
    radius: 'default',
  })
})

test('[UI7.4] validate is strict with an author’s own tree, and lenient as the panel is', () => {
  expect(ui.validate(ui.Stack([ui.Text('Hello')]))).toEqual({ ok: true, issues: [] })
  const odd = {
    type: 'Stack',
    props: { children: [{ type: 'Hologram', props: {} }, ui.Link('x', { href: 'javascript:1' })] },
  }
  const strict = ui.validate(odd)
  expect(strict.ok).toBe(false)
  expect(strict.issues.map(({ code, level }) => [code, level])).toEqual([
    ['unknown_type', 'error'],
    ['unsafe_url', 'error'],
  ])
  expect(strict.issues[0]?.path).toContain('children[0]')
  const lenient = ui.validate(odd, { mode: 'lenient' })
  expect([lenient.ok, lenient.issues.every(({ level }) => level === 'warning')]).toEqual([true, true])
  for (const mode of ['strict', 'lenient'] as const) {
    expect(ui.validate('no tree', { mode }).ok).toBe(false)
    expect(ui.validate({ type: 'Text', props: { content: 'x'.repeat(300_000) } }, { mode }).ok).toBe(false)
  }
})
