import { badge, button, call, type Example, node, text } from './example.ts'

export const INTERACTIVE = {
  Button: [
    {
      name: 'Variants',
      tree: node('Stack', {
        children: [
          button('Save draft', { variant: 'primary', icon: 'Check', on_click: call('save_draft') }),
          button('Preview', { on_click: { action: 'navigate', path: '/gallery' } }),
          button('Skip', { variant: 'ghost', on_click: { action: 'send', message: 'Skip this one' } }),
          button('Delete 7 notes', {
            variant: 'danger',
            on_click: {
              ...call('delete_notes'),
              confirm: { message: 'Delete 7 notes for ever?', confirm_label: 'Delete 7 notes', destructive: true },
            },
          }),
        ],
        direction: 'h',
        gap: 2,
      }),
    },
    {
      name: 'States and sizes',
      tree: node('Stack', {
        children: [
          button('Small', { size: 'sm' }),
          button('Large', { size: 'lg', icon_right: 'ArrowRight' }),
          button('Disabled', { disabled: true }),
          button('Import', { loading: true, loading_label: 'Importing…' }),
          button('', { icon: 'RefreshCw', aria_label: 'Refresh', on_click: call('refresh') }),
          button('Always fails', { on_click: call('fail') }),
        ],
        direction: 'h',
        gap: 2,
      }),
    },
  ],
  BackButton: [
    {
      name: 'Leads back',
      tree: button('← Back to Notes', { variant: 'ghost', size: 'sm', on_click: call('__panel__notes') }),
    },
  ],
  Card: [
    {
      name: 'With a footer',
      tree: node('Card', {
        title: 'Halden Print',
        subtitle: 'Supplier since 2021',
        content: text('30 days net, labels and boxes'),
        footer: button('Edit terms', { size: 'sm', on_click: call('__panel__terms') }),
      }),
    },
    {
      name: 'Clickable',
      tree: node('Card', {
        title: 'Nordlys Paper',
        subtitle: 'Supplier since 2019',
        on_click: call('__panel__supplier', { id: 'nordlys' }),
      }),
    },
  ],
  Menu: [
    {
      name: 'Actions of a note',
      tree: node('Menu', {
        items: [
          { label: 'Rename', icon: 'Pencil', on_click: call('rename_note') },
          { label: 'Share', icon: 'Share2', disabled: true },
          { separator: true },
          {
            label: 'Delete',
            icon: 'Trash2',
            on_click: call('delete_note'),
            confirm: 'Delete this note?',
            danger: true,
          },
        ],
        trigger: button('More'),
      }),
    },
    { name: 'Without actions', tree: node('Menu', { items: [] }) },
  ],
  Dialog: [
    {
      name: 'A question',
      tree: node('Dialog', {
        title: 'Suspend Uptime?',
        content: 'Calls from 1,204 people answer with an error until you resume it.',
        confirm_label: 'Suspend Uptime',
        cancel_label: 'Keep running',
        on_confirm: call('suspend'),
        destructive: true,
      }),
      onDemand: true,
    },
  ],
  Modal: [
    {
      name: 'A short task',
      tree: node('Modal', {
        title: 'Rename note',
        content: node('Form', {
          children: [
            node('Input', { placeholder: '', value: 'Budget', param_name: 'title', label: 'Title of the note' }),
          ],
          action: 'rename_note',
          submit_label: 'Rename',
          defaults: { note_id: 'n1' },
        }),
        confirm_label: '',
        cancel_label: '',
        subtitle: 'Links to it keep working',
      }),
      onDemand: true,
    },
  ],
  Tooltip: [
    {
      name: 'On a badge',
      tree: node('Tooltip', { content: 'Since the last deploy, 10:42', children: badge('2.5.0', 'gray') }),
    },
    {
      name: 'On a button',
      tree: node('Tooltip', {
        content: 'Asks the bank again',
        children: button('Refresh', { size: 'sm', on_click: call('refresh') }),
      }),
    },
  ],
  Link: [
    {
      name: 'Kinds',
      tree: node('Stack', {
        children: [
          node('Link', { label: 'Read the terms', href: 'https://example.com/terms' }),
          node('Link', { label: 'Open settings', href: '/settings/profile' }),
          node('Link', { label: 'Recalculate', on_click: call('recalculate') }),
          node('Link', { label: 'Leads nowhere' }),
        ],
        direction: 'h',
        gap: 4,
      }),
    },
  ],
  SlideOver: [
    {
      name: 'A sheet from the side',
      tree: node('SlideOver', {
        title: 'Filters',
        subtitle: '3 of 128 items',
        children: [node('Checkbox', { value: true, param_name: 'late', label: 'Late only' })],
        open: true,
        width: 'sm',
        on_close: call('filters_closed'),
      }),
      onDemand: true,
    },
  ],
} satisfies Record<string, readonly Example[]>
