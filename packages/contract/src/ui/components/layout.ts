import { component } from '../component.ts'
import { aliased, always, item, required } from '../prop.ts'
import { defaultTab } from '../prop-special.ts'
import { content, items, nodes } from '../prop-structures.ts'
import { bool, choice, className, icon, spoken, step, text, tristate } from '../prop-values.ts'

export const GAPS = [0, 1, 2, 3, 4, 6, 8] as const
export const ALIGNMENTS = ['start', 'center', 'end', 'stretch'] as const
export const JUSTIFICATIONS = ['start', 'center', 'end', 'between', 'around'] as const

const DIRECTIONS = { vertical: 'v', horizontal: 'h', col: 'v', column: 'v', row: 'h' } as const

const GAP = 'Space between the children in steps of 4 px.'
const UTILITIES = 'Utility names for spacing, size and alignment; everything else is left out.'

export const Stack = component({
  module: 'layout',
  since: 'seed',
  doc: 'Puts its children below each other, or beside each other with direction h.',
  args: ['children'],
  props: {
    children: required(nodes()),
    direction: always(spoken(choice(['v', 'h'], 'v', DIRECTIONS), DIRECTIONS)),
    gap: always(step(GAPS, 3)),
    wrap: tristate(),
    align: choice(ALIGNMENTS, ''),
    justify: choice(JUSTIFICATIONS, ''),
    sticky: bool(false),
    className: className(),
  },
  docs: {
    children: 'What stands in it.',
    direction: 'Below each other (v) or beside each other (h).',
    gap: GAP,
    wrap: 'Whether children that do not fit go to the next line; by default horizontal ones do.',
    align: 'Place across the direction; horizontal children are centred by default.',
    justify: 'Place along the direction.',
    sticky: 'Stays at the top while the pane scrolls.',
    className: UTILITIES,
  },
})

export const Grid = component({
  module: 'layout',
  since: 'seed',
  doc: 'Equal columns that become fewer in a narrow pane.',
  args: ['children'],
  props: {
    children: required(nodes()),
    columns: always(step([1, 2, 3, 4, 5, 6, 12], 2)),
    gap: always(step(GAPS, 3)),
    className: className(),
  },
  docs: {
    children: 'One cell each.',
    columns: 'Columns where there is room: at most two below 720 px, one below 480 px.',
    gap: GAP,
    className: UTILITIES,
  },
})

const tab = item(
  'Tab',
  {
    label: required(text()),
    content: always(aliased(content(), 'children')),
    id: text(),
    icon: icon(),
    badge: text(),
  },
  {
    label: 'What people read on the tab.',
    content: 'What is shown while the tab is chosen.',
    id: 'Identity across refreshes; by default its place.',
    icon: 'Before the label.',
    badge: 'A count after the label.',
  },
)

export const Tabs = component({
  module: 'layout',
  since: 'seed',
  doc: 'Several contents, one of them visible.',
  args: ['tabs'],
  props: { tabs: required(items(tab)), default_tab: always(defaultTab()) },
  docs: { tabs: 'The tabs in order.', default_tab: 'Place (from 0) or id of the tab that is open first.' },
})

export const Page = component({
  module: 'layout',
  since: 'seed',
  doc: 'The root of a whole pane, with its title.',
  args: ['children'],
  props: { children: required(nodes()), title: text(), subtitle: text() },
  docs: {
    children: 'What stands below the title.',
    title: 'Heading of the pane.',
    subtitle: 'A line below the title.',
  },
})

export const Section = component({
  module: 'layout',
  since: 'seed',
  doc: 'A part of a page under a small heading, which can fold it away.',
  args: ['children'],
  props: { children: required(nodes()), title: text(), collapsible: always(bool(false)) },
  docs: {
    children: 'What stands below the heading.',
    title: 'The heading.',
    collapsible: 'The heading becomes a button that folds the section.',
  },
})

const accordionSection = item(
  'AccordionSection',
  { id: required(text()), title: required(text()), children: always(nodes()), open: bool(false) },
  {
    id: 'Identity across refreshes.',
    title: 'What the heading says.',
    children: 'What opens below the heading.',
    open: 'Open at first.',
  },
)

export const Accordion = component({
  module: 'layout',
  since: 'seed',
  doc: 'Parts that open below their headings.',
  args: ['sections'],
  props: { sections: required(items(accordionSection)), allow_multiple: always(bool(false)) },
  docs: {
    sections: 'The parts in order.',
    allow_multiple: 'Several may be open; without it opening one closes the others.',
  },
})
