import { builder, list, UIBuildError } from './emit.ts'
import {
  type ButtonOptions,
  type CardOptions,
  type DialogOptions as DialogRules,
  type LinkOptions,
  type MenuOptions,
  type SlideOverOptions,
  TABLE,
  type TooltipOptions,
} from './table.ts'
import type { Action, Child, Children, MenuItem, NodeMeta, UINode } from './types.ts'

const button = builder('Button', TABLE.Button)

/** Fires an action. A button without a label needs `ariaLabel`. */
export function Button(label: string, options: ButtonOptions = {}): UINode {
  if (label === '' && !options.ariaLabel)
    throw new UIBuildError('Button', 'ariaLabel', 'A button without a label needs a name.')
  return button({ ...options, label })
}

export type BackButtonOptions = NodeMeta & { readonly onClick?: Action; readonly label?: string }

/** A small button that leads back. */
export function BackButton(to = '', options: BackButtonOptions = {}): UINode {
  const { label = to === '' ? '← Back' : `← Back to ${to}`, ...rest } = options
  return Button(label, { ...rest, variant: 'ghost', size: 'sm' })
}

const card = builder('Card', TABLE.Card)

/** A framed thing with a name. */
export function Card(options: CardOptions = {}): UINode {
  return card(options)
}

const menu = builder('Menu', TABLE.Menu)

/** A button that opens a list of actions. */
export function Menu(items: readonly MenuItem[], options: MenuOptions = {}): UINode {
  return menu({ ...options, items })
}

const dialog = builder('Dialog', TABLE.Dialog)
const modal = builder('Modal', TABLE.Modal)

export type DialogOptions = Omit<DialogRules, 'size'> & {
  /** A word of the scale, or a width such as `38rem`. */
  readonly size?: DialogRules['size'] | `${number}${string}`
}

/** A question or a task that comes before everything else. */
export function Dialog(title: string, options: DialogOptions = {}): UINode {
  return dialog({ ...widthOf(options), title })
}

/** A Dialog whose title may be missing. */
export function Modal(options: DialogOptions & { readonly title?: string } = {}): UINode {
  return modal(widthOf(options))
}

function widthOf<O extends DialogOptions>(options: O): object {
  if (options.size === undefined || !/^\d/.test(options.size) || options.size === '2xl') return options
  const { size, ...rest } = options
  return { maxWidth: size, ...rest }
}

const tooltip = builder('Tooltip', TABLE.Tooltip)

/** A short explanation on hover and focus; never the only place where something is said. */
export function Tooltip(content: string, child: Child, options: TooltipOptions = {}): UINode {
  return tooltip({ ...options, content, children: child })
}

const link = builder('Link', TABLE.Link)

/** Leads somewhere, or fires an action in the middle of text. */
export function Link(label: string, options: LinkOptions = {}): UINode {
  return link({ ...options, label })
}

const slideOver = builder('SlideOver', TABLE.SlideOver)

/** A sheet that comes in from the side. */
export function SlideOver(title: string, children?: Children, options: SlideOverOptions = {}): UINode {
  return slideOver({ ...options, title, ...(children === undefined ? {} : { children: list(children) }) })
}
