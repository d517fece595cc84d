import {
  findComponent,
  nodeSchema,
  parseUiTree,
  UI_COMPONENTS,
  UiActionWire,
  type UiComponentType,
} from '@imperal/contract/ui'
import { describe, expect, test } from 'vitest'
import { UIBuildError, type UINode, ui } from './index.ts'

const call = ui.Call('f', { a: 1 })
const field = { label: 'L', description: 'D', error: 'E', required: true, disabled: true }

/** Per builder: the smallest call and one that gives every option something other than its default. */
const CALLS: Record<string, { readonly type: UiComponentType; readonly small: UINode; readonly full: UINode }> = {
  Stack: {
    type: 'Stack',
    small: ui.Stack([]),
    full: ui.Stack([ui.Text('a')], {
      direction: 'h',
      gap: 2,
      wrap: false,
      align: 'end',
      justify: 'between',
      sticky: true,
      className: 'p-2',
    }),
  },
  Grid: { type: 'Grid', small: ui.Grid([]), full: ui.Grid([], { columns: 3, gap: 4, className: 'p-2' }) },
  Tabs: {
    type: 'Tabs',
    small: ui.Tabs([]),
    full: ui.Tabs([{ label: 'A', content: ui.Text('a'), id: 'a', icon: 'Mail', badge: '2' }], { defaultTab: 1 }),
  },
  Page: { type: 'Page', small: ui.Page([]), full: ui.Page([], { title: 'T', subtitle: 'S' }) },
  Section: { type: 'Section', small: ui.Section([]), full: ui.Section([], { title: 'T', collapsible: true }) },
  Accordion: {
    type: 'Accordion',
    small: ui.Accordion([]),
    full: ui.Accordion([{ id: 'a', title: 'A', children: [], open: true }], { allowMultiple: true }),
  },
  Text: {
    type: 'Text',
    small: ui.Text('a'),
    full: ui.Text('a', { variant: 'code', truncate: true, className: 'p-1' }),
  },
  Header: { type: 'Header', small: ui.Header('a'), full: ui.Header('a', { level: 3, subtitle: 'b' }) },
  Icon: { type: 'Icon', small: ui.Icon('Mail'), full: ui.Icon('Mail', { size: 'lg', color: 'red', className: 'p-1' }) },
  Image: {
    type: 'Image',
    small: ui.Image('/a.png'),
    full: ui.Image('/a.png', { alt: 'A', width: 40, height: '2rem', onClick: call, objectFit: 'cover', caption: 'C' }),
  },
  Code: { type: 'Code', small: ui.Code('a'), full: ui.Code('a', { language: 'ts', lineNumbers: true }) },
  Markdown: { type: 'Markdown', small: ui.Markdown('a'), full: ui.Markdown('a') },
  Divider: { type: 'Divider', small: ui.Divider(), full: ui.Divider('or') },
  Empty: {
    type: 'Empty',
    small: ui.Empty(),
    full: ui.Empty('None', { icon: 'Inbox', action: call, actionLabel: 'Add' }),
  },
  Html: { type: 'Html', small: ui.Html('a'), full: ui.Html('a', { sandbox: false, maxHeight: 100, theme: 'light' }) },
  Button: {
    type: 'Button',
    small: ui.Button('a'),
    full: ui.Button('a', {
      variant: 'danger',
      onClick: call,
      disabled: true,
      size: 'lg',
      fullWidth: true,
      icon: 'Plus',
      iconLeft: 'Plus',
      iconRight: 'Plus',
      loading: true,
      loadingLabel: 'Saving',
      type: 'submit',
      ariaLabel: 'A',
    }),
  },
  Card: {
    type: 'Card',
    small: ui.Card(),
    full: ui.Card({
      title: 'T',
      subtitle: 'S',
      content: ui.Text('a'),
      footer: [ui.Text('b')],
      onClick: call,
      border: false,
      padding: 'lg',
    }),
  },
  Menu: {
    type: 'Menu',
    small: ui.Menu([]),
    full: ui.Menu(
      [
        { label: 'A', id: 'a', icon: 'X', onClick: call, confirm: 'Sure?', disabled: true, danger: true },
        { separator: true },
      ],
      { trigger: ui.Button('More'), align: 'start' },
    ),
  },
  Dialog: {
    type: 'Dialog',
    small: ui.Dialog('T'),
    full: ui.Dialog('T', {
      content: 'text',
      confirmLabel: 'Go',
      cancelLabel: '',
      onConfirm: call,
      subtitle: 'S',
      size: 'lg',
      maxWidth: '40rem',
      dismissible: false,
      destructive: true,
      onClose: call,
      open: false,
    }),
  },
  Modal: {
    type: 'Modal',
    small: ui.Modal(),
    full: ui.Modal({
      title: 'T',
      content: [ui.Text('a')],
      confirmLabel: 'Go',
      cancelLabel: '',
      onConfirm: call,
      subtitle: 'S',
      size: 'lg',
      maxWidth: '40rem',
      dismissible: false,
      destructive: true,
      onClose: call,
      open: false,
    }),
  },
  Tooltip: { type: 'Tooltip', small: ui.Tooltip('T', null), full: ui.Tooltip('T', ui.Text('a'), { delayMs: 500 }) },
  Link: { type: 'Link', small: ui.Link('a'), full: ui.Link('a', { href: 'https://example.com/', onClick: call }) },
  SlideOver: {
    type: 'SlideOver',
    small: ui.SlideOver('T'),
    full: ui.SlideOver('T', [ui.Text('a')], { subtitle: 'S', open: false, width: 'xl', onClose: call }),
  },
  Input: {
    type: 'Input',
    small: ui.Input(),
    full: ui.Input({
      placeholder: 'p',
      value: 'v',
      paramName: 'n',
      onSubmit: call,
      type: 'email',
      variant: 'ghost',
      ...field,
      readonly: true,
    }),
  },
  TextArea: {
    type: 'TextArea',
    small: ui.TextArea(),
    full: ui.TextArea({
      placeholder: 'p',
      value: 'v',
      rows: 8,
      paramName: 'n',
      onSubmit: call,
      ...field,
      readonly: true,
    }),
  },
  Toggle: {
    type: 'Toggle',
    small: ui.Toggle(),
    full: ui.Toggle({ value: true, paramName: 'n', label: 'L', onChange: call, disabled: true, description: 'D' }),
  },
  Checkbox: {
    type: 'Checkbox',
    small: ui.Checkbox(),
    full: ui.Checkbox({ value: true, paramName: 'n', onChange: call, ...field }),
  },
  RadioGroup: {
    type: 'RadioGroup',
    small: ui.RadioGroup([]),
    full: ui.RadioGroup([{ value: 'a', label: 'A', disabled: true, description: 'D' }], {
      value: 'a',
      paramName: 'n',
      orientation: 'horizontal',
      onChange: call,
      ...field,
    }),
  },
  Select: {
    type: 'Select',
    small: ui.Select([]),
    full: ui.Select([{ value: 'a', label: 'A', disabled: true }], {
      value: 'a',
      paramName: 'n',
      placeholder: 'p',
      onChange: call,
      ...field,
    }),
  },
  MultiSelect: {
    type: 'MultiSelect',
    small: ui.MultiSelect([]),
    full: ui.MultiSelect([{ value: 'a', label: 'A' }], {
      values: ['a'],
      paramName: 'n',
      placeholder: 'p',
      onChange: call,
      ...field,
    }),
  },
  Slider: {
    type: 'Slider',
    small: ui.Slider(),
    full: ui.Slider({ min: 1, max: 9, value: 5, step: 2, paramName: 'n', label: 'L', disabled: true, onChange: call }),
  },
  DatePicker: {
    type: 'DatePicker',
    small: ui.DatePicker(),
    full: ui.DatePicker({
      value: '2026-11-21',
      paramName: 'n',
      onChange: call,
      min: '2026-01-01',
      max: '2026-12-31',
      placeholder: 'gone',
      ...field,
    }),
  },
  FileUpload: {
    type: 'FileUpload',
    small: ui.FileUpload(),
    full: ui.FileUpload({
      accept: '.pdf',
      maxSizeMb: 5,
      multiple: true,
      paramName: 'n',
      onUpload: call,
      blockedExtensions: ['exe'],
      maxTotalMb: 20,
      maxFiles: 3,
      title: 'T',
      hint: 'H',
      variant: 'compact',
      showPreviews: true,
      statuses: { a: { status: 'done' } },
    }),
  },
  RichEditor: {
    type: 'RichEditor',
    small: ui.RichEditor(),
    full: ui.RichEditor({
      content: '<p>a</p>',
      placeholder: 'p',
      paramName: 'n',
      toolbar: false,
      onSave: call,
      onChange: call,
      label: 'L',
      description: 'D',
      error: 'E',
      required: true,
    }),
  },
  TagInput: {
    type: 'TagInput',
    small: ui.TagInput(),
    full: ui.TagInput({
      values: ['a'],
      suggestions: ['b'],
      placeholder: 'p',
      paramName: 'n',
      groupedBy: ':',
      onChange: call,
      delimiters: [','],
      validate: /^a+$/,
      validateMessage: 'M',
      label: 'L',
      description: 'D',
      error: 'E',
      required: true,
    }),
  },
  Form: {
    type: 'Form',
    small: ui.Form([], { action: '' }),
    full: ui.Form([ui.Input()], { action: 'save', submitLabel: 'Save', defaults: { value: 'x' }, confirm: 'Sure?' }),
  },
  List: {
    type: 'List',
    small: ui.List([]),
    full: ui.List([ui.ListItem('a', 'A')], {
      searchable: true,
      groupedBy: 'group',
      pageSize: 10,
      onEndReached: call,
      selectable: true,
      bulkActions: [{ label: 'Go', action: call, icon: 'X', variant: 'danger', confirm: 'Sure?' }],
      totalItems: 9,
      extraInfo: 'x',
      title: 'T',
      emptyText: 'E',
      searchPlaceholder: 'S',
      maxHeight: 200,
      idsParam: 'ids',
    }),
  },
  ListItem: {
    type: 'ListItem',
    small: ui.ListItem('a', 'A'),
    full: ui.ListItem('a', 'A', {
      subtitle: 's',
      meta: 'm',
      avatar: ui.Avatar(),
      badge: ui.Badge('b'),
      icon: 'X',
      selected: true,
      onClick: call,
      actions: [{ icon: 'X', onClick: call, label: 'L', confirm: 'Sure?' }],
      draggable: true,
      droppable: true,
      onDrop: call,
      expandable: true,
      expandedContent: [ui.Text('a')],
      group: 'G',
    }),
  },
  DataTable: {
    type: 'DataTable',
    small: ui.DataTable([], []),
    full: ui.DataTable(
      [
        ui.DataColumn<{ id: number; sku: string }>('sku', 'SKU', {
          width: '4rem',
          editable: true,
          editType: 'toggle',
          align: 'right',
          sortable: false,
        }),
      ],
      [{ id: 1, sku: 'B' }],
      { onRowClick: call, onCellEdit: call, emptyText: 'E', maxHeight: 200, stickyHeader: true },
    ),
  },
  Stat: {
    type: 'Stat',
    small: ui.Stat('a', 1),
    full: ui.Stat('a', '1', { trend: '+4 %', icon: 'X', color: 'red', description: 'D', trendDirection: 'up' }),
  },
  Stats: { type: 'Stats', small: ui.Stats([]), full: ui.Stats([ui.Stat('a', 1)], { columns: 3 }) },
  Badge: { type: 'Badge', small: ui.Badge(), full: ui.Badge('a', { value: 3, color: 'red', size: 'lg', dot: true }) },
  Avatar: {
    type: 'Avatar',
    small: ui.Avatar(),
    full: ui.Avatar({ fallback: 'AB', src: '/a.png', size: 'lg', name: 'A B', shape: 'square' }),
  },
  KeyValue: {
    type: 'KeyValue',
    small: ui.KeyValue([]),
    full: ui.KeyValue([{ key: 'a', value: null, copyable: true }], { columns: 2 }),
  },
  Timeline: {
    type: 'Timeline',
    small: ui.Timeline([]),
    full: ui.Timeline([{ title: 'a', description: 'd', time: 't', icon: 'X', color: 'red' }]),
  },
  Tree: {
    type: 'Tree',
    small: ui.Tree([]),
    full: ui.Tree(
      [
        {
          id: 'a',
          label: 'A',
          icon: 'X',
          badge: 3,
          expanded: false,
          onClick: call,
          children: [{ id: 'b', label: 'B' }],
        },
      ],
      { label: 'T' },
    ),
  },
  Alert: {
    type: 'Alert',
    small: ui.Alert('a'),
    full: ui.Alert('a', { title: 'T', type: 'warning', dismissible: true }),
  },
  Progress: {
    type: 'Progress',
    small: ui.Progress(5),
    full: ui.Progress(5, { label: 'L', variant: 'circular', color: 'red', max: 10, showValue: true, size: 'lg' }),
  },
  Chart: {
    type: 'Chart',
    small: ui.Chart([]),
    full: ui.Chart([{ day: 'a', n: 1 }], {
      type: 'bar',
      xKey: 'day',
      height: 300,
      colors: { n: '#fff' },
      y2Keys: ['n'],
      title: 'T',
      description: 'D',
      showLegend: true,
      showDataTable: true,
    }),
  },
  Loading: { type: 'Loading', small: ui.Loading(), full: ui.Loading('a', { variant: 'dots' }) },
  Error: { type: 'Error', small: ui.Error('a'), full: ui.Error('a', { title: 'T', retry: call, retryLabel: 'Again' }) },
  Toast: {
    type: 'Toast',
    small: ui.Toast('a'),
    full: ui.Toast('a', { variant: 'ok', duration: 0, title: 'T', action: call, actionLabel: 'Undo' }),
  },
}

const spec = (type: UiComponentType) =>
  UI_COMPONENTS[type].props as Record<string, { emit: string; offered: boolean; fallback: unknown }>
/** Keys that travel only with a value, although a builder would always write them. */
const WITHOUT_DEFAULT: Record<string, string[]> = { Badge: ['value'] }

test('[S003-141] [S003-142] [S003-143] [S003-144] [S003-145] [S003-146] [S003-147] [S003-148] every component of the table has a builder, and the seed names are all there', () => {
  expect(Object.keys(CALLS)).toEqual(Object.keys(UI_COMPONENTS))
  const seeds =
    'Stack Grid Tabs Page Section Row Column Accordion Text Header Icon Image Code Markdown Divider Empty Html Button Card Menu Dialog Tooltip Link SlideOver Input TextArea Toggle Select MultiSelect Form Slider DatePicker FileUpload RichEditor TagInput List ListItem DataTable DataColumn Stat Stats Badge Avatar KeyValue Timeline Tree Alert Progress Chart Loading Error Call Navigate Send Open'.split(
      ' ',
    )
  expect(seeds).toHaveLength(55)
  for (const name of seeds) expect(ui).toHaveProperty(name)
})

describe.each(Object.entries(CALLS))('ui.%s', (name, { type, small, full }) => {
  test('emits what the table reads without a note and what its strict schema allows', () => {
    for (const node of [small, full]) {
      expect(parseUiTree(node).notes).toEqual([])
      expect(nodeSchema(type).safeParse(node).error).toBeUndefined()
      expect(findComponent(node.type)?.type).toBe(type)
      expect(JSON.parse(JSON.stringify(node))).toEqual(node)
    }
  })
  test('writes the columns marked A every time and those marked S only when they differ', () => {
    const columns = Object.entries(spec(type))
    const always = columns.filter(([, prop]) => prop.emit === 'always').map(([key]) => key)
    expect(Object.keys(small.props)).toEqual(always.filter((key) => !WITHOUT_DEFAULT[name]?.includes(key)))
    const offered = columns.filter(([, prop]) => prop.offered).map(([key]) => key)
    expect(Object.keys(full.props)).toEqual(offered)
  })
})

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
