import { call, type Example, node, text } from './example.ts'

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

export const FEEDBACK = {
  Alert: [
    { name: 'Information', tree: node('Alert', { message: 'Exports run at night.', title: '', variant: 'info' }) },
    {
      name: 'Success',
      tree: node('Alert', { message: 'All 128 items are counted.', title: 'Done', variant: 'success' }),
    },
    {
      name: 'Warning',
      tree: node('Alert', { message: 'Your key expires in 6 days.', title: '', variant: 'warn', dismissible: true }),
    },
    {
      name: 'Error',
      tree: node('Alert', {
        message: 'The bank did not answer. Balances are from 09:12.',
        title: 'Balances are old',
        variant: 'error',
      }),
    },
  ],
  Progress: [
    {
      name: 'A bar',
      tree: node('Progress', { value: 312, label: 'Importing contacts', variant: 'bar', max: 480, show_value: true }),
    },
    {
      name: 'A ring',
      tree: node('Progress', {
        value: 64,
        label: 'Quota',
        variant: 'circular',
        color: 'green',
        show_value: true,
        size: 'lg',
      }),
    },
  ],
  Chart: [
    {
      name: 'Bars',
      tree: node('Chart', {
        chart_type: 'bar',
        data: DAYS.map((day, index) => ({ day, actions: [42, 61, 58, 77, 90, 31, 66][index] })),
        x_key: 'day',
        height: 180,
        title: 'Actions per day',
      }),
    },
    {
      name: 'Lines with a second axis',
      tree: node('Chart', {
        chart_type: 'line',
        data: DAYS.map((day, index) => ({
          day,
          orders: 12 + ((index * 7) % 11),
          revenue: 1800 + ((index * 911) % 1700),
        })),
        x_key: 'day',
        height: 200,
        series: [
          { key: 'orders', label: 'Orders' },
          { key: 'revenue', label: 'Revenue in €' },
        ],
        y2_keys: ['revenue'],
        title: 'Orders and revenue',
        description: 'Revenue reads on the right',
        show_legend: true,
      }),
    },
    {
      name: 'Parts of a whole, with its table',
      tree: node('Chart', {
        chart_type: 'pie',
        data: [
          { name: 'Assistant', credits: 410 },
          { name: 'Notes', credits: 120 },
          { name: 'Tasks', credits: 80 },
        ],
        x_key: 'name',
        height: 160,
        title: 'Credits by app',
        show_data_table: true,
      }),
    },
  ],
  Loading: [
    { name: 'A ring', tree: node('Loading', { message: 'Reading 128 items', variant: 'spinner' }) },
    { name: 'Dots', tree: node('Loading', { message: 'Loading...', variant: 'dots' }) },
    { name: 'Places of rows', tree: node('Loading', { message: 'Loading rows', variant: 'skeleton' }) },
  ],
  Error: [
    {
      name: 'Can be tried again',
      tree: node('Error', {
        message: 'Balances are from 09:12.',
        title: 'The bank did not answer',
        retry: call('refresh_balances'),
        retry_label: 'Ask again',
      }),
    },
  ],
  Toast: [
    {
      name: 'With a way back',
      tree: node('Toast', {
        message: '5 notes archived',
        variant: 'success',
        duration: 0,
        action: call('unarchive_notes'),
        action_label: 'Undo',
      }),
      onDemand: true,
    },
  ],
  Graph: [
    {
      name: 'Who works with whom',
      tree: node('Graph', {
        nodes: [
          { id: 'ida', label: 'Ida Lund', type: 'person', size: 40, mention_count: 14 },
          { id: 'jonas', label: 'Jonas Vik', type: 'person', size: 24, mention_count: 6 },
          { id: 'halden', label: 'Halden Print', type: 'company', size: 36, mention_count: 9 },
          { id: 'nordlys', label: 'Nordlys Paper', type: 'company', size: 20, mention_count: 2 },
          { id: 'lease', label: 'Lease 2027', type: 'document', size: 16, mention_count: 3 },
        ],
        edges: [
          { id: 'e1', source: 'ida', target: 'halden', label: 'buys from', weight: 4 },
          { id: 'e2', source: 'jonas', target: 'halden', label: 'visits' },
          { id: 'e3', source: 'halden', target: 'nordlys', label: 'supplied by', weight: 2 },
          { id: 'e4', source: 'ida', target: 'lease', label: 'signs' },
        ],
        layout: 'circle',
        height: 320,
        min_node_size: 10,
        max_node_size: 50,
        edge_label_visible: false,
        color_by: 'type',
        on_node_click: call('open_entity'),
        title: 'Suppliers and people',
      }),
    },
  ],
  TrayResponse: [
    {
      name: 'A counter and what opens below it',
      tree: node('TrayResponse', {
        badge: node('Badge', { label: '', value: 3, color: 'red' }),
        panel: text('3 crates are late'),
      }),
    },
  ],
  AppIcon: [{ name: 'An app', tree: node('AppIcon', { app_id: 'notes', display_name: 'Notes' }) }],
  Ghost: [{ name: 'Something suggested', tree: node('Ghost', { child: text('Perhaps on Thursday?') }) }],
} satisfies Record<string, readonly Example[]>
