import { ui } from '@imperal/sdk/ui'
import { type BoundFunctions, fireEvent, type queries, waitFor } from '@testing-library/dom'
import { expect } from 'vitest'
import type { FakeHost } from '../../../packages/ui-kit/src/testing/fake-host.ts'

export type Screen = BoundFunctions<typeof queries>

/** What a person finds of a component, by role and name. */
export interface Shown {
  readonly tree: unknown
  readonly see: (screen: Screen, host: FakeHost) => unknown
}

const call = ui.Call('f')
const folders = [
  { value: 'm', label: 'Meetings' },
  { value: 'r', label: 'Recipes' },
]
const heading = (screen: Screen, name: string, level: number) => screen.getByRole('heading', { name, level })

export const SHOWN: Readonly<Record<string, Shown>> = {
  Stack: {
    tree: ui.Stack([ui.Text('one'), ui.Button('Two')], { direction: 'horizontal', justify: 'between' }),
    see: (screen) => [screen.getByText('one'), screen.getByRole('button', { name: 'Two' })],
  },
  Grid: {
    tree: ui.Grid([ui.Text('left'), ui.Text('right')], { columns: 2 }),
    see: (screen) => [screen.getByText('left'), screen.getByText('right')],
  },
  Tabs: {
    tree: ui.Tabs([
      { label: 'Terms', content: ui.Text('30 days') },
      { label: 'Orders', content: ui.Text('24 orders') },
    ]),
    see: async (screen) => {
      screen.getByRole('tab', { name: 'Terms', selected: true })
      expect(screen.getByRole('tabpanel', { name: 'Terms' }).textContent).toBe('30 days')
      screen.getByRole('tab', { name: 'Orders' }).focus()
      await waitFor(() => expect(screen.getByRole('tabpanel', { name: 'Orders' }).textContent).toBe('24 orders'))
    },
  },
  Page: {
    tree: ui.Page([ui.Text('body')], { title: 'Suppliers', subtitle: 'All' }),
    see: (screen) => [heading(screen, 'Suppliers', 1), screen.getByText('All')],
  },
  Section: {
    tree: ui.Section([ui.Text('inside')], { title: 'Actions', collapsible: true }),
    see: async (screen) => {
      screen.getByRole('region', { name: 'Actions' })
      fireEvent.click(screen.getByRole('button', { name: 'Actions', expanded: true }))
      await waitFor(() => expect(screen.queryByText('inside')).toBeNull())
    },
  },
  Row: { tree: ui.Row([ui.Text('a'), ui.Text('b')]), see: (screen) => [screen.getByText('a'), screen.getByText('b')] },
  Column: { tree: ui.Column([ui.Text('a')]), see: (screen) => screen.getByText('a') },
  Accordion: {
    tree: ui.Accordion([{ id: 'a', title: 'My data', children: ui.Text('stays'), open: true }]),
    see: (screen) => {
      screen.getByRole('button', { name: 'My data', expanded: true })
      expect(screen.getByRole('region', { name: 'My data' }).textContent).toBe('stays')
    },
  },
  Text: { tree: ui.Text('Plans', { variant: 'heading' }), see: (screen) => heading(screen, 'Plans', 2) },
  Header: {
    tree: ui.Header('Inventory', { level: 3, subtitle: '128' }),
    see: (screen) => [heading(screen, 'Inventory', 3), screen.getByText('128')],
  },
  Icon: {
    tree: ui.Icon('FolderOpen'),
    see: () => waitFor(() => expect(document.querySelector('svg[aria-hidden=true]')).not.toBeNull()),
  },
  Image: {
    tree: ui.Image('/map.png', { alt: 'Map', caption: 'Warehouse' }),
    see: (screen) => [
      screen.getByRole('figure'),
      screen.getByRole('img', { name: 'Map' }),
      screen.getByText('Warehouse'),
    ],
  },
  Code: {
    tree: ui.Code('select 1', { language: 'sql' }),
    see: (screen) => {
      expect(screen.getByRole('group', { name: 'sql code' }).textContent).toBe('select 1')
      screen.getByRole('button', { name: 'Copy code' })
    },
  },
  Markdown: {
    tree: ui.Markdown('# Agenda\n\n- [x] Budget'),
    see: async (screen) => {
      await waitFor(() => heading(screen, 'Agenda', 2))
      screen.getByRole('checkbox', { name: 'Done', checked: true })
    },
  },
  Divider: {
    tree: ui.Divider('Earlier'),
    see: (screen) => expect(screen.getByRole('separator').textContent).toBe('Earlier'),
  },
  Empty: {
    tree: ui.Empty('No invoices', { action: call, actionLabel: 'New invoice' }),
    see: (screen) => [screen.getByText('No invoices'), screen.getByRole('button', { name: 'New invoice' })],
  },
  Html: {
    tree: ui.Html('<p>Dear Ida</p>', { theme: 'light' }),
    see: (screen) =>
      waitFor(() => expect(screen.getByTitle('HTML content').getAttribute('sandbox')).not.toContain('allow-scripts')),
  },
  Video: {
    tree: ui.Video('/a.webm', { title: 'Labels', autoplay: true }),
    see: async (screen) =>
      expect(await screen.findByLabelText('Labels')).toMatchObject({ tagName: 'VIDEO', muted: true, controls: true }),
  },
  Audio: {
    tree: ui.Audio('/a.wav', { title: 'Note' }),
    see: async (screen) =>
      expect(await screen.findByLabelText('Note')).toMatchObject({ tagName: 'AUDIO', controls: true }),
  },
  Button: {
    tree: ui.Button('', { icon: 'RefreshCw', ariaLabel: 'Refresh', onClick: call }),
    see: async (screen, host) => {
      fireEvent.click(screen.getByRole('button', { name: 'Refresh' }))
      await waitFor(() => expect(host.fired).toMatchObject([{ action: { function: 'f', params: {} }, payload: {} }]))
    },
  },
  BackButton: {
    tree: ui.BackButton('Notes', { onClick: call }),
    see: (screen) => screen.getByRole('button', { name: '← Back to Notes' }),
  },
  Card: {
    tree: ui.Card({ title: 'Halden', subtitle: 'Since 2021', content: ui.Text('30 days'), footer: ui.Button('Edit') }),
    see: (screen) => [
      heading(screen, 'Halden', 3),
      screen.getByText('30 days'),
      screen.getByRole('button', { name: 'Edit' }),
    ],
  },
  Menu: {
    tree: ui.Menu([{ label: 'Rename', onClick: call }, { separator: true }, { label: 'Delete', danger: true }]),
    see: async (screen) => {
      fireEvent.keyDown(screen.getByRole('button', { name: 'Open menu' }), { key: 'Enter' })
      await waitFor(() => screen.getByRole('menuitem', { name: 'Rename' }))
      screen.getByRole('separator')
    },
  },
  Dialog: {
    tree: ui.Dialog('Suspend?', { content: 'For all.', confirmLabel: 'Suspend', destructive: true, onConfirm: call }),
    see: (screen) => {
      screen.getByRole('alertdialog', { name: 'Suspend?' })
      expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Cancel' }))
      screen.getByRole('button', { name: 'Suspend' })
    },
  },
  Modal: {
    tree: ui.Modal({ title: 'Rename', content: ui.Input({ label: 'Title' }), confirmLabel: '' }),
    see: (screen) => {
      screen.getByRole('dialog', { name: 'Rename' })
      expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Title' }))
      expect(screen.queryByRole('button', { name: 'Confirm' })).toBeNull()
    },
  },
  Tooltip: {
    tree: ui.Tooltip('Since the deploy', ui.Button('2.5.0')),
    see: async (screen) => {
      screen.getByRole('button', { name: '2.5.0' }).focus()
      await waitFor(() => expect(screen.getByRole('tooltip').textContent).toBe('Since the deploy'))
    },
  },
  Link: {
    tree: ui.Link('Terms', { href: 'https://example.com/terms' }),
    see: (screen) => {
      const link = screen.getByRole('link', { name: 'Terms' })
      expect(link.getAttribute('rel')).toBe('noopener noreferrer')
      expect(link.getAttribute('target')).toBe('_blank')
    },
  },
  SlideOver: {
    tree: ui.SlideOver('Filters', [ui.Text('Late only')], { width: 'lg' }),
    see: (screen) => [
      screen.getByRole('dialog', { name: 'Filters' }),
      screen.getByText('Late only'),
      screen.getByRole('button', { name: 'Close' }),
    ],
  },
  Input: {
    tree: ui.Input({ label: 'Company', description: 'On invoices', required: true, type: 'email' }),
    see: (screen) => {
      const field = screen.getByRole('textbox', { name: /^Company/, description: 'On invoices' })
      expect(field).toMatchObject({ type: 'email', required: true })
    },
  },
  Password: {
    tree: ui.Password({ paramName: 'key', label: 'API key' }),
    see: (screen) => {
      const field = screen.getByLabelText('API key')
      expect(field).toMatchObject({ type: 'password', autocomplete: 'new-password' })
      expect(field.getAttribute('spellcheck')).toBe('false')
      expect(screen.queryByRole('button')).toBeNull()
    },
  },
  TextArea: {
    tree: ui.TextArea({ label: 'Note', rows: 1, error: 'Too short' }),
    see: (screen) => {
      const field = screen.getByRole('textbox', { name: 'Note', description: 'Too short' })
      expect(field.getAttribute('rows')).toBe('2')
      expect(screen.getByRole('alert').textContent).toBe('Too short')
    },
  },
  Toggle: {
    tree: ui.Toggle({ label: 'Reminders', value: true, paramName: 'on', onChange: call }),
    see: async (screen, host) => {
      fireEvent.click(screen.getByRole('switch', { name: 'Reminders', checked: true }))
      await waitFor(() => expect(host.fired).toMatchObject([{ payload: { on: false } }]))
    },
  },
  Select: {
    tree: ui.Select(folders, { label: 'Folder', value: 'm' }),
    see: (screen) => {
      expect(screen.getByRole('combobox', { name: 'Folder' })).toMatchObject({ value: 'm' })
      screen.getByRole('option', { name: 'Recipes' })
    },
  },
  MultiSelect: {
    tree: ui.MultiSelect(folders, { label: 'Folders', values: ['m'] }),
    see: (screen) => [
      screen.getByRole('combobox', { name: 'Folders' }),
      screen.getByRole('button', { name: 'Remove Meetings' }),
    ],
  },
  Slider: {
    tree: ui.Slider({ label: 'Limit', value: 60 }),
    see: (screen) => {
      expect(screen.getByRole('slider', { name: 'Limit' })).toMatchObject({ value: '60', min: '0', max: '100' })
      expect(screen.getByRole('status').textContent).toBe('60')
    },
  },
  DatePicker: {
    tree: ui.DatePicker({ label: 'Due', value: '2026-12-03', min: '2026-12-01' }),
    see: async (screen) => {
      expect(await screen.findByLabelText('Due')).toMatchObject({
        type: 'date',
        value: '2026-12-03',
        min: '2026-12-01',
      })
      screen.getByRole('button', { name: 'Choose Due in a calendar' })
    },
  },
  FileUpload: {
    tree: ui.FileUpload({ title: 'Receipts', hint: 'PDF', multiple: true }),
    see: (screen) => screen.findByRole('button', { name: /Receipts/ }),
  },
  RichEditor: {
    tree: ui.RichEditor({ label: 'Letter', content: '<p>Dear <b>Ida</b></p>', onSave: call }),
    see: async (screen) => {
      await waitFor(() => expect(screen.getByRole('textbox', { name: 'Letter' }).textContent).toBe('Dear Ida'))
      screen.getByRole('toolbar', { name: 'Formatting' })
      for (const name of ['Bold', 'Italic', 'Heading 1', 'Bullet list', 'Code', 'Line', 'Save'])
        screen.getByRole('button', { name })
    },
  },
  TagInput: {
    tree: ui.TagInput({ label: 'Tags', values: ['q1'], suggestions: ['oslo'] }),
    see: (screen) => [
      screen.getByRole('combobox', { name: 'Tags' }),
      screen.getByRole('button', { name: 'Remove q1' }),
    ],
  },
  Form: {
    tree: ui.Form([ui.Input({ label: 'Code', paramName: 'code', value: 'C-1' })], {
      action: 'save',
      submitLabel: 'Save',
      defaults: { id: 1 },
    }),
    see: async (screen, host) => {
      fireEvent.click(screen.getByRole('button', { name: 'Save' }))
      await waitFor(() =>
        expect(host.fired).toMatchObject([{ action: { function: 'save', params: { code: 'C-1', id: 1 } } }]),
      )
    },
  },
  Checkbox: {
    tree: ui.Checkbox({ label: 'Send', value: true }),
    see: (screen) => screen.getByRole('checkbox', { name: 'Send', checked: true }),
  },
  RadioGroup: {
    tree: ui.RadioGroup(folders, { label: 'Where', value: 'r' }),
    see: (screen) => [
      screen.getByRole('radiogroup', { name: 'Where' }),
      screen.getByRole('radio', { name: 'Recipes', checked: true }),
    ],
  },
  List: {
    tree: ui.List([ui.ListItem('a', 'Pricing'), ui.Text('plain')], {
      title: 'Notes',
      searchable: true,
      selectable: true,
    }),
    see: (screen) => {
      screen.getByRole('list', { name: 'Notes' })
      expect(screen.getAllByRole('listitem')).toHaveLength(2)
      screen.getByRole('searchbox', { name: 'Search…' })
      screen.getByRole('checkbox', { name: 'Select Pricing' })
    },
  },
  ListItem: {
    tree: ui.List([
      ui.ListItem('a', 'Pricing', {
        subtitle: 'Plans',
        selected: true,
        onClick: call,
        actions: [{ icon: 'Trash2', label: 'Delete', onClick: call }],
      }),
    ]),
    see: (screen) => {
      expect(screen.getByRole('listitem').getAttribute('aria-current')).toBe('true')
      screen.getByRole('button', { name: 'Pricing Plans' })
      screen.getByRole('button', { name: 'Delete' })
    },
  },
  DataTable: {
    tree: ui.DataTable([ui.DataColumn<{ id: number; qty: number }>('qty', 'Stock')], [{ id: 1, qty: 40 }]),
    see: async (screen) => {
      await waitFor(() => screen.getByRole('table'))
      expect(screen.getByRole('columnheader', { name: 'Stock' }).getAttribute('aria-sort')).toBe('none')
      screen.getByRole('cell', { name: '40' })
    },
  },
  DataColumn: {
    tree: ui.DataTable(
      [ui.DataColumn<{ id: number; a: string }>('a', 'City', { sortable: false, align: 'right' })],
      [{ id: 1, a: 'Oslo' }],
    ),
    see: async (screen) => {
      await waitFor(() =>
        expect(screen.getByRole('columnheader', { name: 'City' }).getAttribute('data-align')).toBe('right'),
      )
      expect(screen.queryByRole('button', { name: 'City' })).toBeNull()
    },
  },
  Stat: {
    tree: ui.Stat('Open', 12, { trend: '2 more', trendDirection: 'up' }),
    see: (screen) => [screen.getByText('Open'), screen.getByText('12'), screen.getByText('Up')],
  },
  Stats: {
    tree: ui.Stats([ui.Stat('Open', 12), ui.Stat('Late', 3)]),
    see: (screen) => [screen.getByText('Open'), screen.getByText('Late')],
  },
  Badge: { tree: ui.Badge('late', { color: 'red', dot: true }), see: (screen) => screen.getByText('late') },
  Avatar: {
    tree: ui.Avatar({ name: 'Ida Lund' }),
    see: (screen) => expect(screen.getByRole('img', { name: 'Ida Lund' }).textContent).toBe('IL'),
  },
  KeyValue: {
    tree: ui.KeyValue({ Payment: '30 days', Closed: null }),
    see: (screen) => {
      expect(screen.getAllByRole('term').map((term) => term.textContent)).toEqual(['Payment', 'Closed'])
      expect(screen.getAllByRole('definition').map((one) => one.textContent)).toEqual(['30 days', '—'])
    },
  },
  Timeline: {
    tree: ui.Timeline([{ title: 'Paid', time: '18 Nov' }, { title: 'Sent' }]),
    see: (screen) => {
      expect(screen.getByRole('list').tagName).toBe('OL')
      expect(screen.getAllByRole('listitem')[0]?.textContent).toBe('Paid18 Nov')
    },
  },
  Tree: {
    tree: ui.Tree([{ id: 'm', label: 'Meetings', children: [{ id: 's', label: 'Steering', onClick: call }] }], {
      label: 'Folders',
    }),
    see: (screen) => {
      screen.getByRole('tree', { name: 'Folders' })
      screen.getByRole('treeitem', { name: 'Meetings', expanded: true })
      expect(screen.getByRole('treeitem', { name: 'Steering' }).getAttribute('aria-level')).toBe('2')
    },
  },
  Alert: {
    tree: ui.Alert('Key expires', { variant: 'info', dismissible: true }),
    see: async (screen) => {
      screen.getByRole('status')
      fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
      await waitFor(() => expect(screen.queryByText('Key expires')).toBeNull())
    },
  },
  Progress: {
    tree: ui.Progress(120, { label: 'Import', max: 480, showValue: true }),
    see: (screen) =>
      expect(screen.getByRole('progressbar', { name: 'Import' }).getAttribute('aria-valuenow')).toBe('25'),
  },
  Chart: {
    tree: ui.Chart(
      [
        { name: 'Mon', n: 3 },
        { name: 'Tue', n: 5 },
      ],
      { type: 'bar', title: 'Actions' },
    ),
    see: async (screen) => {
      await waitFor(() => screen.getByRole('img', { name: 'Actions. 2 data points.' }))
      screen.getByRole('figure')
      screen.getByRole('row', { name: 'Tue 5' })
    },
  },
  Loading: {
    tree: ui.Loading('Reading', { variant: 'dots' }),
    see: (screen) => expect(screen.getByRole('status').textContent).toBe('Reading'),
  },
  Error: {
    tree: ui.Error('Balances are old', { title: 'No answer', retry: call }),
    see: (screen) => {
      expect(screen.getByRole('alert').textContent).toContain('No answer')
      screen.getByRole('button', { name: 'Try again' })
    },
  },
  Toast: {
    tree: ui.Toast('5 archived', { variant: 'success', action: call, actionLabel: 'Undo' }),
    see: (_screen, host) =>
      expect(host.toasts).toMatchObject([
        { message: '5 archived', variant: 'success', duration: 5000, action: { label: 'Undo' } },
      ]),
  },
  Graph: {
    tree: ui.Graph(
      [
        { id: 'a', label: 'Ida' },
        { id: 'h', label: 'Halden' },
      ],
      [{ source: 'a', target: 'h', label: 'buys from' }],
      { onNodeClick: call, title: 'People' },
    ),
    see: async (screen, host) => {
      await waitFor(() => screen.getByRole('toolbar', { name: 'Tools of People' }))
      const folded = screen.getAllByRole('group')
      for (const one of folded) {
        one.setAttribute('open', '')
        fireEvent(one, new Event('toggle'))
      }
      await waitFor(() => screen.getByText('Ida → Halden: buys from'))
      fireEvent.click(screen.getByRole('button', { name: 'Ida' }))
      await waitFor(() => expect(host.fired).toMatchObject([{ payload: { node_id: 'a' } }]))
    },
  },
  TrayResponse: {
    tree: ui.TrayResponse({ badge: ui.Badge('3'), panel: ui.Text('late') }),
    see: (screen) => expect(screen.queryByText('late')).toBeNull(),
  },
}
