import { builder, list } from './emit.ts'
import {
  type AccordionOptions,
  type AccordionSection,
  type GridOptions,
  type PageOptions,
  type SectionOptions,
  type StackOptions,
  TABLE,
  type Tab,
  type TabsOptions,
} from './table.ts'
import type { Children, Gap, NodeMeta, UINode } from './types.ts'

const stack = builder('Stack', TABLE.Stack)

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

const grid = builder('Grid', TABLE.Grid)

/** Equal columns that become fewer in a narrow pane. */
export function Grid(children: Children, options: GridOptions = {}): UINode {
  return grid({ ...options, children: list(children) })
}

const tabs = builder('Tabs', TABLE.Tabs)

/** Several contents, one of them visible. */
export function Tabs(entries: readonly Tab[], options: TabsOptions = {}): UINode {
  return tabs({ ...options, tabs: entries })
}

const page = builder('Page', TABLE.Page)

/** The root of a whole pane, with its title. */
export function Page(children: Children, options: PageOptions = {}): UINode {
  return page({ ...options, children: list(children) })
}

const section = builder('Section', TABLE.Section)

/** A part of a page under a small heading, which can fold it away. */
export function Section(children: Children, options: SectionOptions = {}): UINode {
  return section({ ...options, children: list(children) })
}

const accordion = builder('Accordion', TABLE.Accordion)

/** Parts that open below their headings. */
export function Accordion(sections: readonly AccordionSection[], options: AccordionOptions = {}): UINode {
  return accordion({ ...options, sections })
}
