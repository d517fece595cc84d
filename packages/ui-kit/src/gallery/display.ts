import { call, type Example, node, text } from './example.ts'

const MARKDOWN = `## Agenda

Meet at **10:00** in [Nord](https://example.com/rooms/nord).

- [x] Budget
- [ ] Office

> [!NOTE]
> Bring the lease.

| Room | Seats |
|------|-------|
| Nord | 8     |
| Fjord | 14   |

\`\`\`ts:seats.ts
export const seats = rooms.map((room) => room.seats)
\`\`\`
`
const MAIL =
  '<p>Dear Ida,</p><p>thank you for <a href="https://example.com/offer">the offer</a>. We would like to order <b>1,200</b> labels.</p><p>Kind regards<br>Jonas</p>'

export const DISPLAY = {
  Text: [
    {
      name: 'Roles',
      tree: node('Stack', {
        children: [
          text('Monthly report', 'heading'),
          text('Three plans, credits shared by the team'),
          text('Updated 10:42', 'caption'),
          text('inv_2031', 'code'),
        ],
        direction: 'v',
        gap: 2,
      }),
    },
    {
      name: 'One line',
      tree: node('Text', {
        content:
          'A sentence that is too long for its place is cut at its end, and whoever needs the rest finds it in the tooltip of the text, in full, on every screen.',
        variant: 'body',
        truncate: true,
      }),
    },
  ],
  Header: [
    { name: 'With a second line', tree: node('Header', { text: 'Inventory', level: 3, subtitle: '128 items' }) },
    { name: 'Level 2', tree: node('Header', { text: 'Warehouse', level: 2 }) },
  ],
  Icon: [
    {
      name: 'Sizes and colours',
      tree: node('Stack', {
        children: [
          node('Icon', { name: 'FolderOpen', size: 'lg', color: 'blue' }),
          node('Icon', { name: 'circle-check', size: 24, color: 'green' }),
          node('Icon', { name: 'TriangleAlert', size: 'md', color: 'yellow' }),
          node('Icon', { name: 'NoSuchIcon', size: 'md', color: '' }),
          node('Icon', { name: '📦', size: 'lg', color: '' }),
        ],
        direction: 'h',
        gap: 3,
      }),
    },
  ],
  Image: [
    {
      name: 'With a caption',
      tree: node('Image', {
        src: '/icon.svg',
        alt: 'Our mark',
        width: '96',
        height: '96',
        caption: 'The mark, in cobalt',
      }),
    },
    {
      name: 'As a button',
      tree: node('Image', { src: '/icon.svg', alt: 'Open the plan', width: '64', on_click: call('__panel__plan') }),
    },
    { name: 'Missing', tree: node('Image', { src: '/gallery/no-such-picture.png', alt: 'Floor plan' }) },
  ],
  Code: [
    {
      name: 'With line numbers',
      tree: node('Code', {
        content:
          "select country, count(*) as orders\nfrom orders\nwhere state = 'paid' -- since 2024\ngroup by country",
        language: 'sql',
        line_numbers: true,
      }),
    },
    {
      name: 'TypeScript',
      tree: node('Code', {
        content: 'const total = rows.reduce((sum, row) => sum + row.amount, 0)\nreturn `${total} €`',
        language: 'ts',
        line_numbers: false,
      }),
    },
  ],
  Markdown: [{ name: 'A note', tree: node('Markdown', { content: MARKDOWN }) }],
  Divider: [
    { name: 'A hairline', tree: node('Divider') },
    { name: 'With a word', tree: node('Divider', { label: 'Earlier' }) },
  ],
  Empty: [
    {
      name: 'With a way out',
      tree: node('Empty', {
        message: 'No invoices this month',
        icon: 'Receipt',
        action: call('__panel__invoice'),
        action_label: 'New invoice',
      }),
    },
    { name: 'Plain', tree: node('Empty', { message: 'No data' }) },
  ],
  Html: [
    { name: 'A mail on a white sheet', tree: node('Html', { content: MAIL, sandbox: true, theme: 'light' }) },
    {
      name: 'In the look of the panel',
      tree: node('Html', { content: '<p>Stored on <b>2 servers</b>.</p>', sandbox: false }),
    },
  ],
  Video: [
    {
      name: 'A film',
      tree: node('Video', {
        src: '/gallery/sample.webm',
        controls: true,
        title: 'How labels are printed',
        muted: true,
        width: '320',
      }),
    },
    { name: 'Unavailable', tree: node('Video', { src: '/gallery/no-such-film.webm', controls: true }) },
  ],
  Audio: [
    {
      name: 'A recording',
      tree: node('Audio', { src: '/gallery/sample.wav', controls: true, title: 'Voice note, 2 s' }),
    },
  ],
} satisfies Record<string, readonly Example[]>
