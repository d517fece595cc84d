import { badge, call, type Example, node, text, type WireNode } from './example.ts'

const open = (id: string) => call('__panel__note', { id })

const ARCHIVED = 5_000
const PER_ANSWER = 1_000

/** The rows of a long archive from one place on, as an app answers them: the last rows come without a way to more. */
function archive(from: number, count: number): WireNode {
  const until = from + count
  return node('List', {
    items: Array.from({ length: count }, (_, index) => {
      const number = from + index + 1
      return node('ListItem', { id: `r${number}`, title: `Receipt ${number}`, subtitle: 'Halden Print' })
    }),
    searchable: true,
    grouped_by: '',
    ...(until < ARCHIVED ? { on_end_reached: call('__panel__archive', { cursor: until }) } : {}),
    total_items: ARCHIVED,
    title: 'Receipts',
    search_placeholder: 'Search receipts',
    max_height: 360,
  })
}

export const DATA = {
  List: [
    {
      name: 'Search, groups, selection and bulk actions',
      tree: node('List', {
        items: [
          node('ListItem', {
            id: 'n1',
            title: 'Pricing model',
            subtitle: 'Three plans, credits shared',
            meta: '2 h',
            on_click: open('n1'),
            group: 'Pinned',
          }),
          node('ListItem', {
            id: 'n2',
            title: 'Interview: M. Okafor',
            subtitle: 'Strong on systems',
            meta: 'Wed',
            badge: badge('draft', 'yellow'),
            selected: true,
            on_click: open('n2'),
            actions: [
              { icon: 'Archive', on_click: call('archive_note', { id: 'n2' }), label: 'Archive' },
              {
                icon: 'Trash2',
                on_click: call('delete_note', { id: 'n2' }),
                label: 'Delete',
                confirm: 'Delete this note?',
              },
            ],
            group: 'This week',
          }),
          node('ListItem', {
            id: 'n3',
            title: 'Reading list',
            subtitle: 'Eleven links',
            expandable: true,
            expanded_content: [text('Designing data-intensive applications')],
            group: 'This week',
          }),
        ],
        searchable: true,
        grouped_by: 'group',
        selectable: true,
        bulk_actions: [
          { label: 'Archive', action: call('archive_notes'), icon: 'Archive' },
          {
            label: 'Delete',
            action: call('delete_notes'),
            icon: 'Trash2',
            variant: 'danger',
            confirm: 'Delete {count} notes?',
          },
        ],
        title: 'Notes',
        search_placeholder: 'Search 3 notes',
      }),
    },
    {
      name: 'Pages',
      tree: node('List', {
        items: Array.from({ length: 7 }, (_, index) =>
          node('ListItem', { id: `i${index}`, title: `Invoice ${2031 + index}`, meta: `${(index + 1) * 40} €` }),
        ),
        searchable: false,
        grouped_by: '',
        page_size: 3,
        total_items: 7,
        extra_info: '2 late',
        title: 'Invoices',
      }),
    },
    {
      name: 'Rows arrive while one scrolls',
      tree: archive(0, 3),
      answers: (_, params) => archive(Number(params.cursor), Math.min(PER_ANSWER, ARCHIVED - Number(params.cursor))),
    },
    {
      name: 'Drag a note onto a folder',
      tree: node('List', {
        items: [
          node('ListItem', { id: 'd1', title: 'Lease draft', icon: 'FileText', draggable: true }),
          node('ListItem', {
            id: 'f1',
            title: 'Contracts',
            icon: 'Folder',
            droppable: true,
            on_drop: call('move_note'),
          }),
          node('ListItem', {
            id: 'f2',
            title: 'Archive box',
            icon: 'Folder',
            droppable: true,
            on_drop: call('move_note'),
          }),
        ],
        searchable: false,
        grouped_by: '',
        title: 'Folders',
      }),
    },
    {
      name: 'Nothing',
      tree: node('List', { items: [], searchable: false, grouped_by: '', empty_text: 'No notes yet' }),
    },
  ],
  ListItem: [
    {
      name: 'A row alone',
      tree: node('ListItem', {
        id: 'a',
        title: 'Contract.pdf',
        subtitle: 'Halden Print',
        meta: '4 KB',
        icon: 'FileText',
        on_click: call('open_file', { id: 'a' }),
      }),
    },
  ],
  DataTable: [
    {
      name: 'Sorted and edited in place',
      tree: node('DataTable', {
        columns: [
          { key: 'sku', label: 'SKU', sortable: true },
          { key: 'qty', label: 'Stock', sortable: true, editable: true, edit_type: 'number' },
          { key: 'live', label: 'In shop', sortable: true, editable: true, edit_type: 'toggle' },
          { key: 'state', label: 'State', sortable: false },
        ],
        rows: [
          { id: 1, sku: 'HT-204', qty: 1204, live: true, state: badge('in stock', 'green') },
          { id: 2, sku: 'HT-118', qty: 41, live: true, state: badge('low', 'yellow') },
          { id: 3, sku: 'HT-090', qty: 0, live: false, state: badge('gone', 'red') },
        ],
        on_row_click: call('open_item'),
        on_cell_edit: call('set_stock', { site: 'north' }),
      }),
    },
    {
      name: 'Nothing',
      tree: node('DataTable', {
        columns: [{ key: 'a', label: 'Movement', sortable: true }],
        rows: [],
        empty_text: 'No movements yet',
      }),
    },
  ],
  DataColumn: [
    {
      name: 'Columns of a table',
      tree: node('DataTable', {
        columns: [
          { key: 'city', label: 'City', sortable: true, width: '12rem' },
          { key: 'people', label: 'People', sortable: true, align: 'right' },
        ],
        rows: [
          { id: 'o', city: 'Oslo', people: 709_037 },
          { id: 'b', city: 'Bergen', people: 291_189 },
        ],
      }),
    },
  ],
  Stat: [
    {
      name: 'With a trend',
      tree: node('Stat', {
        label: 'Open invoices',
        value: '€18,420',
        trend: '12 % less than October',
        icon: 'Receipt',
        color: 'blue',
        trend_direction: 'down',
      }),
    },
  ],
  Stats: [
    {
      name: 'A strip',
      tree: node('Stats', {
        children: [
          node('Stat', { label: 'Open', value: 12, trend: '2 more', icon: '', color: 'blue', trend_direction: 'up' }),
          node('Stat', { label: 'Late', value: 3, trend: '', icon: '', color: 'red', description: 'Oldest: 12 days' }),
          node('Stat', {
            label: 'Paid',
            value: '98.2 %',
            trend: 'as before',
            icon: '',
            color: 'blue',
            trend_direction: 'neutral',
          }),
        ],
      }),
    },
  ],
  Badge: [
    {
      name: 'Colours',
      tree: node('Stack', {
        children: [
          badge('active', 'green'),
          badge('draft', 'gray'),
          badge('late', 'red'),
          badge('waiting', 'yellow'),
          badge('sent', 'blue'),
          badge('shared', 'purple'),
          badge('synced', 'cyan'),
          node('Badge', { label: '', value: 12, color: 'orange' }),
          node('Badge', { label: 'online', color: 'green', size: 'lg', dot: true }),
        ],
        direction: 'h',
        gap: 2,
      }),
    },
  ],
  Avatar: [
    {
      name: 'Sizes and shapes',
      tree: node('Stack', {
        children: [
          node('Avatar', { fallback: '?', src: '', size: 'xs', name: 'Ida Lund' }),
          node('Avatar', { fallback: '?', src: '', size: 'sm', name: 'Jonas Vik' }),
          node('Avatar', { fallback: 'MO', src: '', size: 'md' }),
          node('Avatar', { fallback: '?', src: '/icon.svg', size: 'lg', name: 'Imperal', shape: 'square' }),
        ],
        direction: 'h',
        gap: 3,
      }),
    },
  ],
  KeyValue: [
    {
      name: 'Two columns',
      tree: node('KeyValue', {
        items: [
          { key: 'Payment', value: '30 days net' },
          { key: 'VAT id', value: 'NO 984 661 185', copyable: true },
          { key: 'Orders', value: 24 },
          { key: 'Closed', value: null },
        ],
        columns: 2,
      }),
    },
  ],
  Timeline: [
    {
      name: 'An invoice',
      tree: node('Timeline', {
        items: [
          { title: 'Paid in full', time: '18 Nov 14:20', color: 'green', icon: 'Check' },
          { title: 'Second reminder', description: 'To accounts@halden.example', time: '12 Nov 09:00', color: 'amber' },
          { title: 'Sent', time: '1 Nov 08:12' },
        ],
      }),
    },
  ],
  Tree: [
    {
      name: 'Folders',
      tree: node('Tree', {
        nodes: [
          {
            id: 'm',
            label: 'Meetings',
            badge: 12,
            children: [
              { id: 's', label: 'Steering', on_click: call('open_folder', { id: 's' }) },
              {
                id: 'w',
                label: 'Weekly',
                children: [{ id: 'w46', label: 'Week 46', on_click: call('open_folder', { id: 'w46' }) }],
              },
            ],
          },
          { id: 'r', label: 'Recipes', icon: 'ChefHat', on_click: call('open_folder', { id: 'r' }) },
        ],
        label: 'Folders',
      }),
    },
  ],
} satisfies Record<string, readonly Example[]>
