import { badge, button, call, type Example, node, text } from './example.ts'

const card = (title: string, subtitle: string) => node('Card', { title, subtitle })
const suppliers = ['Halden Print', 'Nordlys Paper', 'Atelier Vogt']

export const LAYOUT = {
  Stack: [
    {
      name: 'Below each other',
      tree: node('Stack', {
        children: [text('Budget', 'heading'), text('Three plans, credits shared by the team')],
        direction: 'v',
        gap: 1,
      }),
    },
    {
      name: 'A toolbar that stays at the top',
      tree: node('Stack', {
        children: [
          text('12 notes'),
          button('New note', { icon: 'Plus', size: 'sm', on_click: call('__panel__editor') }),
        ],
        direction: 'h',
        gap: 2,
        justify: 'between',
        sticky: true,
      }),
    },
  ],
  Row: [
    {
      name: 'Beside each other',
      tree: node('Stack', { children: [badge('draft', 'gray'), badge('sent', 'blue')], direction: 'h', gap: 2 }),
    },
  ],
  Column: [
    {
      name: 'Below each other',
      tree: node('Stack', { children: [text('Oslo'), text('Bergen')], direction: 'v', gap: 1 }),
    },
  ],
  Grid: [
    {
      name: 'Three columns',
      tree: node('Grid', { children: suppliers.map((name) => card(name, '30 days net')), columns: 3, gap: 3 }),
    },
  ],
  Tabs: [
    {
      name: 'Two tabs',
      tree: node('Tabs', {
        tabs: [
          { label: 'Terms', content: text('30 days net, no discount') },
          { label: 'Orders', content: [text('Nothing this week')], badge: '24' },
          { label: 'Files', content: text('No files'), icon: 'Paperclip' },
        ],
        default_tab: 0,
      }),
    },
  ],
  Page: [
    {
      name: 'A pane with its title',
      tree: node('Page', {
        children: [node('List', { items: suppliers.map((name) => text(name)), searchable: false, grouped_by: '' })],
        title: 'Suppliers',
        subtitle: 'Everyone we pay',
      }),
    },
  ],
  Section: [
    {
      name: 'Can be folded',
      tree: node('Section', {
        children: [text('Compare the two leases'), text('Ask Ida about the deposit')],
        title: 'Open actions',
        collapsible: true,
      }),
    },
    {
      name: 'With a heading only',
      tree: node('Section', { children: [text('Nobody')], title: 'Absent', collapsible: false }),
    },
  ],
  Accordion: [
    {
      name: 'One part open at a time',
      tree: node('Accordion', {
        sections: [
          { id: 'data', title: 'What happens to my data?', children: [text('It stays on your server.')], open: true },
          { id: 'cost', title: 'What does it cost?', children: [text('Each call says its price before it runs.')] },
          { id: 'leave', title: 'Can I leave?', children: [text('Export everything at any time.')] },
        ],
        allow_multiple: false,
      }),
    },
  ],
} satisfies Record<string, readonly Example[]>
