import { component } from '../component.ts'
import { aliased, always, required } from '../prop.ts'
import { defaultTab } from '../prop-special.ts'
import { content, items, nodes } from '../prop-structures.ts'
import { bool, choice, className, icon, step, text, tristate } from '../prop-values.ts'

export const GAPS = [0, 1, 2, 3, 4, 6, 8] as const
export const ALIGNMENTS = ['start', 'center', 'end', 'stretch'] as const
export const JUSTIFICATIONS = ['start', 'center', 'end', 'between', 'around'] as const

export const Stack = component({
  module: 'layout',
  since: 'seed',
  doc: 'Puts its children below or beside each other.',
  props: {
    children: required(nodes()),
    direction: always(choice(['v', 'h'], 'v', { horizontal: 'h', row: 'h', vertical: 'v', column: 'v', col: 'v' })),
    gap: always(step(GAPS, 3)),
    wrap: tristate(),
    align: choice(ALIGNMENTS, ''),
    justify: choice(JUSTIFICATIONS, ''),
    sticky: bool(false),
    className: className(),
  },
})

export const Grid = component({
  module: 'layout',
  since: 'seed',
  doc: 'Equal columns that become fewer in a narrow pane.',
  props: {
    children: required(nodes()),
    columns: always(step([1, 2, 3, 4, 5, 6, 12], 2)),
    gap: always(step(GAPS, 3)),
    className: className(),
  },
})

export const tabShape = {
  label: required(text()),
  content: aliased(content(), 'children'),
  id: text(),
  icon: icon(),
  badge: text(),
}

export const Tabs = component({
  module: 'layout',
  since: 'seed',
  doc: 'Several contents, one of them visible.',
  props: { tabs: required(items(tabShape)), default_tab: always(defaultTab()) },
})

export const Page = component({
  module: 'layout',
  since: 'seed',
  doc: 'The root of a whole pane, with its title.',
  props: { children: required(nodes()), title: text(), subtitle: text() },
})

export const Section = component({
  module: 'layout',
  since: 'seed',
  doc: 'A part of a page under a small heading that can fold it away.',
  props: { children: required(nodes()), title: text(), collapsible: always(bool(false)) },
})

export const accordionShape = {
  id: required(text()),
  title: required(text()),
  children: nodes(),
  open: bool(false),
}

export const Accordion = component({
  module: 'layout',
  since: 'seed',
  doc: 'Parts that open below their headings.',
  props: { sections: required(items(accordionShape)), allow_multiple: always(bool(false)) },
})
