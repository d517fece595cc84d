import { always, builder, list, members, oneOrList, required, sparse } from './emit.ts'
import type { AccordionSection, Align, Children, Direction, Gap, Justify, NodeMeta, Tab, UINode } from './types.ts'

const GAPS = [0, 1, 2, 3, 4, 6, 8]
const kids = required('children', { map: list })
const DIRECTIONS: Readonly<Record<string, 'v' | 'h'>> = {
  v: 'v',
  vertical: 'v',
  col: 'v',
  column: 'v',
  h: 'h',
  horizontal: 'h',
  row: 'h',
}

const stack = builder('Stack', {
  children: kids,
  direction: always('direction', 'v', {
    map: (given: string) => DIRECTIONS[given.trim().toLowerCase()] ?? given,
    choices: ['v', 'h'],
  }),
  gap: always('gap', 3, { choices: GAPS }),
  wrap: sparse('wrap'),
  align: sparse('align', '', { choices: ['', 'start', 'center', 'end', 'stretch'] }),
  justify: sparse('justify', '', { choices: ['', 'start', 'center', 'end', 'between', 'around'] }),
  sticky: sparse('sticky', false),
  className: sparse('className', ''),
})

export type StackOptions = NodeMeta & {
  readonly direction?: Direction
  readonly gap?: Gap
  readonly wrap?: boolean
  readonly align?: Align
  readonly justify?: Justify
  readonly sticky?: boolean
  readonly className?: string
}

/** Puts its children below each other, or beside each other with `direction: 'h'`. */
export function Stack(children: Children, options: StackOptions = {}): UINode {
  return stack({ ...options, children: list(children) })
}

/** A horizontal Stack. */
export function Row(children: Children, options: NodeMeta & { readonly gap?: Gap } = {}): UINode {
  return Stack(children, { ...options, direction: 'h' })
}

/** A vertical Stack. */
export function Column(children: Children, options: NodeMeta & { readonly gap?: Gap } = {}): UINode {
  return Stack(children, { ...options, direction: 'v' })
}

const grid = builder('Grid', {
  children: kids,
  columns: always('columns', 2, { choices: [1, 2, 3, 4, 5, 6, 12] }),
  gap: always('gap', 3, { choices: GAPS }),
  className: sparse('className', ''),
})

export type GridOptions = NodeMeta & {
  readonly columns?: 1 | 2 | 3 | 4 | 5 | 6 | 12
  readonly gap?: Gap
  readonly className?: string
}

/** Equal columns that become fewer in a narrow pane. */
export function Grid(children: Children, options: GridOptions = {}): UINode {
  return grid({ ...options, children: list(children) })
}

const TAB = {
  label: required('label'),
  content: always('content', [], { map: oneOrList }),
  id: sparse('id', ''),
  icon: sparse('icon', ''),
  badge: sparse('badge', ''),
}
const tabs = builder('Tabs', {
  tabs: required('tabs', { map: (given: readonly Tab[]) => given.map((tab) => members('Tabs', TAB, tab)) }),
  defaultTab: always('default_tab', 0),
})

/** Several contents, one of them visible. */
export function Tabs(entries: readonly Tab[], options: NodeMeta & { readonly defaultTab?: number } = {}): UINode {
  return tabs({ ...options, tabs: entries })
}

const page = builder('Page', { children: kids, title: sparse('title', ''), subtitle: sparse('subtitle', '') })

/** The root of a whole pane, with its title. */
export function Page(
  children: Children,
  options: NodeMeta & { readonly title?: string; readonly subtitle?: string } = {},
): UINode {
  return page({ ...options, children: list(children) })
}

const section = builder('Section', {
  children: kids,
  title: sparse('title', ''),
  collapsible: always('collapsible', false),
})

/** A part of a page under a small heading, which can fold it away. */
export function Section(
  children: Children,
  options: NodeMeta & { readonly title?: string; readonly collapsible?: boolean } = {},
): UINode {
  return section({ ...options, children: list(children) })
}

const SECTION = {
  id: required('id'),
  title: required('title'),
  children: always('children', [], { map: list }),
  open: sparse('open', false),
}
const accordion = builder('Accordion', {
  sections: required('sections', {
    map: (given: readonly AccordionSection[]) => given.map((one) => members('Accordion', SECTION, one)),
  }),
  allowMultiple: always('allow_multiple', false),
})

/** Parts that open below their headings. */
export function Accordion(
  sections: readonly AccordionSection[],
  options: NodeMeta & { readonly allowMultiple?: boolean } = {},
): UINode {
  return accordion({ ...options, sections })
}
