import type { UiComponentType } from '@imperal/contract/ui'

const call = (name: string, params: object = {}) => ({ action: 'call', function: name, params })
const text = (content: string) => ({ type: 'Text', props: { content } })
const options = ['Meetings', 'Recipes', 'Travel'].map((label) => ({ value: label.toLowerCase(), label }))

/** One wire tree per component of the table: what a gallery page draws and what tests render. */
export const GALLERY: Readonly<Record<UiComponentType, { readonly type: string; readonly props: object }>> = {
  Stack: {
    type: 'Stack',
    props: {
      direction: 'h',
      gap: 2,
      sticky: true,
      justify: 'between',
      children: [
        text('12 notes'),
        {
          type: 'Button',
          props: { label: 'New', icon: 'Plus', variant: 'primary', size: 'sm', on_click: call('__panel__editor') },
        },
      ],
    },
  },
  Grid: { type: 'Grid', props: { columns: 3, children: ['One', 'Two', 'Three'].map(text) } },
  Tabs: {
    type: 'Tabs',
    props: {
      tabs: [
        { label: 'Terms', content: text('30 days net') },
        { label: 'Orders', badge: '24', content: [text('Nothing this week')] },
      ],
      default_tab: 0,
    },
  },
  Page: { type: 'Page', props: { title: 'Suppliers', subtitle: 'Everyone we pay', children: [text('Halden Print')] } },
  Section: {
    type: 'Section',
    props: { title: 'Open actions', collapsible: true, children: [text('Compare the two leases')] },
  },
  Accordion: {
    type: 'Accordion',
    props: {
      sections: [
        { id: 'a', title: 'What happens to my data?', open: true, children: [text('It stays on your server.')] },
      ],
      allow_multiple: false,
    },
  },
  Text: { type: 'Text', props: { content: 'Three plans, credits shared by the team', variant: 'body' } },
  Header: { type: 'Header', props: { text: 'Inventory', level: 3, subtitle: '128 items' } },
  Icon: { type: 'Icon', props: { name: 'FolderOpen', size: 'lg', color: 'blue' } },
  Image: {
    type: 'Image',
    props: { src: 'https://example.com/map.png', alt: 'Map of the warehouse', caption: 'Warehouse' },
  },
  Code: {
    type: 'Code',
    props: { content: 'select country, count(*)\nfrom orders', language: 'sql', line_numbers: true },
  },
  Markdown: {
    type: 'Markdown',
    props: {
      content:
        '## Agenda\n\n- [x] Budget\n- [ ] Office\n\n> [!NOTE]\n> Bring the lease.\n\n| Room | Seats |\n|---|---|\n| Nord | 8 |',
    },
  },
  Divider: { type: 'Divider', props: { label: 'Earlier' } },
  Empty: {
    type: 'Empty',
    props: {
      message: 'No invoices this month',
      icon: 'Inbox',
      action: call('__panel__invoice'),
      action_label: 'New invoice',
    },
  },
  Html: {
    type: 'Html',
    props: {
      content: '<p>Dear Ida,</p><p>see <a href="https://example.com">the offer</a>.</p>',
      sandbox: true,
      theme: 'light',
    },
  },
  Button: {
    type: 'Button',
    props: { label: 'Save', variant: 'primary', disabled: false, size: 'md', icon: 'Check', on_click: call('save') },
  },
  Card: {
    type: 'Card',
    props: {
      title: 'Halden Print',
      subtitle: 'Supplier since 2021',
      content: text('30 days net'),
      footer: { type: 'Button', props: { label: 'Edit', variant: 'secondary' } },
    },
  },
  Menu: {
    type: 'Menu',
    props: {
      items: [
        { label: 'Rename', icon: 'Pencil', on_click: call('rename') },
        { separator: true },
        { label: 'Delete', icon: 'Trash2', danger: true, confirm: 'Delete this note?', on_click: call('remove') },
      ],
      trigger: { type: 'Button', props: { label: 'More', variant: 'secondary' } },
    },
  },
  Dialog: {
    type: 'Dialog',
    props: {
      title: 'Suspend Uptime?',
      content: 'Calls from 1,204 people answer with an error.',
      confirm_label: 'Suspend Uptime',
      cancel_label: 'Cancel',
      destructive: true,
      on_confirm: call('suspend'),
    },
  },
  Modal: {
    type: 'Modal',
    props: {
      title: 'Rename note',
      content: { type: 'Input', props: { label: 'Title', value: 'Budget' } },
      confirm_label: 'Rename',
      cancel_label: 'Cancel',
    },
  },
  Tooltip: {
    type: 'Tooltip',
    props: { content: 'Since the last deploy', children: { type: 'Badge', props: { label: '2.5.0', color: 'gray' } } },
  },
  Link: { type: 'Link', props: { label: 'Read the terms', href: 'https://example.com/terms' } },
  SlideOver: {
    type: 'SlideOver',
    props: { title: 'Filters', subtitle: '', open: true, width: 'md', children: [text('Folder')] },
  },
  Input: {
    type: 'Input',
    props: {
      label: 'Name',
      placeholder: 'Halden Print',
      value: '',
      param_name: 'name',
      required: true,
      description: 'As it should appear on invoices',
    },
  },
  TextArea: {
    type: 'TextArea',
    props: { label: 'Note', placeholder: '', value: 'What should the supplier know?', rows: 4, param_name: 'note' },
  },
  Toggle: {
    type: 'Toggle',
    props: {
      label: 'Reminders',
      description: 'Sent at 09:00',
      value: true,
      param_name: 'reminders',
      on_change: call('set_reminders'),
    },
  },
  Checkbox: { type: 'Checkbox', props: { label: 'Send as soon as it is numbered', value: true, param_name: 'send' } },
  RadioGroup: {
    type: 'RadioGroup',
    props: {
      label: 'Rhythm',
      options: ['Daily', 'Weekly'].map((label) => ({ value: label, label })),
      value: 'Weekly',
      param_name: 'rhythm',
      orientation: 'horizontal',
    },
  },
  Select: { type: 'Select', props: { label: 'Folder', options, value: 'meetings', param_name: 'folder' } },
  MultiSelect: {
    type: 'MultiSelect',
    props: { label: 'Folders', options, values: ['recipes'], param_name: 'folders' },
  },
  Slider: {
    type: 'Slider',
    props: { label: 'Spending limit', min: 0, max: 1000, value: 600, step: 50, param_name: 'limit' },
  },
  DatePicker: {
    type: 'DatePicker',
    props: { label: 'Due', value: '2026-12-03', param_name: 'due', min: '2026-11-01' },
  },
  FileUpload: {
    type: 'FileUpload',
    props: {
      title: 'Drop receipts here',
      hint: 'PDF or images, up to 10 MB each',
      accept: '.pdf,image/*',
      max_size_mb: 10,
      multiple: true,
      param_name: 'files',
      on_upload: call('add_receipts'),
    },
  },
  RichEditor: {
    type: 'RichEditor',
    props: {
      label: 'Letter',
      content: '<p>Dear <b>Ida</b></p>',
      placeholder: 'Start writing...',
      param_name: 'letter',
      toolbar: true,
      on_save: call('save_letter'),
    },
  },
  TagInput: {
    type: 'TagInput',
    props: {
      label: 'Tags',
      values: ['q1', 'hiring'],
      suggestions: ['oslo'],
      placeholder: 'Add...',
      param_name: 'tags',
      grouped_by: '',
    },
  },
  Form: {
    type: 'Form',
    props: {
      action: 'save_crate',
      submit_label: 'Save',
      defaults: { crate_id: 'c-17', fragile: true },
      children: [
        { type: 'Input', props: { placeholder: '', value: '', param_name: 'code', label: 'Code', required: true } },
        {
          type: 'Select',
          props: { options: [{ value: 'd4', label: 'Dock 4' }], value: 'd4', param_name: 'dock', label: 'Dock' },
        },
        { type: 'Toggle', props: { value: false, param_name: 'fragile', label: 'Fragile' } },
      ],
    },
  },
  List: {
    type: 'List',
    props: {
      searchable: true,
      selectable: true,
      grouped_by: 'group',
      search_placeholder: 'Search 3 notes',
      bulk_actions: [{ label: 'Archive', action: call('archive_notes'), icon: 'Archive' }],
      items: [
        {
          type: 'ListItem',
          props: {
            id: 'n1',
            title: 'Pricing model',
            subtitle: 'Three plans',
            meta: '2 h',
            group: 'Pinned',
            on_click: call('__panel__note', { id: 'n1' }),
          },
        },
        {
          type: 'ListItem',
          props: {
            id: 'n2',
            title: 'Interview: M. Okafor',
            subtitle: 'Strong on systems',
            meta: 'Wed',
            group: 'This week',
            selected: true,
            badge: { type: 'Badge', props: { label: 'draft', color: 'yellow' } },
            actions: [
              {
                icon: 'Trash2',
                label: 'Delete',
                confirm: 'Delete this note?',
                on_click: call('delete_note', { id: 'n2' }),
              },
            ],
          },
        },
        {
          type: 'ListItem',
          props: {
            id: 'n3',
            title: 'Reading list',
            group: 'This week',
            expandable: true,
            expanded_content: [text('Eleven links')],
          },
        },
      ],
    },
  },
  ListItem: {
    type: 'ListItem',
    props: { id: 'a', title: 'One row', subtitle: 'alone', icon: 'FileText', meta: '4 KB' },
  },
  DataTable: {
    type: 'DataTable',
    props: {
      columns: [
        { key: 'sku', label: 'SKU', sortable: true },
        { key: 'qty', label: 'Stock', sortable: true, editable: true, edit_type: 'number' },
        { key: 'state', label: 'State', sortable: false },
      ],
      rows: [
        { id: 1, sku: 'HT-204', qty: 1204, state: { type: 'Badge', props: { label: 'in stock', color: 'green' } } },
        { id: 2, sku: 'HT-118', qty: 41, state: { type: 'Badge', props: { label: 'low', color: 'yellow' } } },
      ],
      on_cell_edit: call('set_stock', { site: 'north' }),
      on_row_click: call('open_item'),
    },
  },
  Stat: {
    type: 'Stat',
    props: {
      label: 'Open invoices',
      value: '€18,420',
      trend: '12 % less than October',
      trend_direction: 'down',
      icon: 'Receipt',
      color: 'blue',
    },
  },
  Stats: {
    type: 'Stats',
    props: {
      children: [
        { type: 'Stat', props: { label: 'Open', value: 12 } },
        { type: 'Stat', props: { label: 'Late', value: 3, color: 'red' } },
      ],
    },
  },
  Badge: { type: 'Badge', props: { label: 'active', color: 'green', dot: true } },
  Avatar: { type: 'Avatar', props: { fallback: 'IL', name: 'Ida Lund', src: '', size: 'md' } },
  KeyValue: {
    type: 'KeyValue',
    props: {
      items: [
        { key: 'Payment', value: '30 days net' },
        { key: 'VAT id', value: 'NO 984 661 185', copyable: true },
        { key: 'Closed', value: null },
      ],
      columns: 2,
    },
  },
  Timeline: {
    type: 'Timeline',
    props: {
      items: [
        { title: 'Paid in full', time: '18 Nov 14:20', color: 'green' },
        { title: 'Second reminder', time: '12 Nov 09:00', color: 'amber', icon: 'Mail' },
      ],
    },
  },
  Tree: {
    type: 'Tree',
    props: {
      label: 'Folders',
      nodes: [
        {
          id: 'm',
          label: 'Meetings',
          badge: 12,
          children: [{ id: 's', label: 'Steering', on_click: call('open', { id: 's' }) }],
        },
      ],
    },
  },
  Alert: {
    type: 'Alert',
    props: { message: 'Your key expires in 6 days.', title: '', variant: 'warn', dismissible: true },
  },
  Progress: {
    type: 'Progress',
    props: { value: 312, max: 480, label: 'Importing contacts', variant: 'bar', show_value: true },
  },
  Chart: {
    type: 'Chart',
    props: {
      chart_type: 'bar',
      x_key: 'day',
      height: 160,
      title: 'Actions per day',
      data: ['Mon', 'Tue', 'Wed'].map((day, index) => ({ day, actions: 40 + index * 25 })),
    },
  },
  Loading: { type: 'Loading', props: { message: 'Loading...', variant: 'spinner' } },
  Error: {
    type: 'Error',
    props: { message: 'Balances are from 09:12.', title: 'The bank did not answer', retry: call('refresh_balances') },
  },
  Toast: { type: 'Toast', props: { message: '5 notes archived', variant: 'success', duration: 5000 } },
}
