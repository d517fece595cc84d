import { confirmWire } from './actions.ts'
import { always, builder, list, members, oneOrList, required, sparse, UIBuildError } from './emit.ts'
import type { Action, ButtonVariant, Child, Children, Icon, MenuItem, NodeMeta, UINode } from './types.ts'

const VARIANTS = ['primary', 'secondary', 'ghost', 'danger']

const button = builder('Button', {
  label: required('label'),
  variant: always('variant', 'primary', { choices: VARIANTS }),
  onClick: sparse('on_click'),
  disabled: always('disabled', false),
  size: always('size', 'md', { choices: ['sm', 'md', 'lg'] }),
  fullWidth: sparse('full_width', false),
  icon: sparse('icon', ''),
  iconLeft: sparse('icon_left', ''),
  iconRight: sparse('icon_right', ''),
  loading: sparse('loading', false),
  loadingLabel: sparse('loading_label', ''),
  type: sparse('type', 'button', { choices: ['button', 'submit', 'reset'] }),
  ariaLabel: sparse('aria_label', ''),
})

export type ButtonOptions = NodeMeta & {
  readonly variant?: ButtonVariant
  readonly onClick?: Action
  readonly disabled?: boolean
  readonly size?: 'sm' | 'md' | 'lg'
  readonly fullWidth?: boolean
  readonly icon?: Icon
  readonly iconLeft?: Icon
  readonly iconRight?: Icon
  readonly loading?: boolean
  readonly loadingLabel?: string
  readonly type?: 'button' | 'submit' | 'reset'
  readonly ariaLabel?: string
}

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

const card = builder('Card', {
  title: sparse('title', ''),
  subtitle: sparse('subtitle', ''),
  content: sparse('content', undefined, { map: oneOrList }),
  footer: sparse('footer', undefined, { map: oneOrList }),
  onClick: sparse('on_click'),
  border: sparse('border'),
  padding: sparse('padding', 'md', { choices: ['none', 'sm', 'md', 'lg'] }),
})

export type CardOptions = NodeMeta & {
  readonly title?: string
  readonly subtitle?: string
  readonly content?: Children
  readonly footer?: Children
  readonly onClick?: Action
  readonly border?: boolean
  readonly padding?: 'none' | 'sm' | 'md' | 'lg'
}

/** A framed thing with a name. */
export function Card(options: CardOptions = {}): UINode {
  return card(options)
}

const ITEM = {
  label: required('label'),
  id: sparse('id', ''),
  icon: sparse('icon', ''),
  onClick: sparse('on_click'),
  confirm: sparse('confirm', '', { map: confirmWire }),
  disabled: sparse('disabled', false),
  danger: sparse('danger', false),
}
const menu = builder('Menu', {
  items: required('items', {
    map: (given: readonly MenuItem[]) =>
      given.map((item) => ('separator' in item ? { separator: true } : members('Menu', ITEM, item))),
  }),
  trigger: sparse('trigger'),
  align: sparse('align', 'end', { choices: ['start', 'end'] }),
})

/** A button that opens a list of actions. */
export function Menu(
  items: readonly MenuItem[],
  options: NodeMeta & { readonly trigger?: UINode; readonly align?: 'start' | 'end' } = {},
): UINode {
  return menu({ ...options, items })
}

const SIZES = ['xs', 'sm', 'md', 'lg', 'xl', '2xl', 'full']
const overlayRules = {
  content: sparse('content', undefined, {
    map: (given: Children | string) => (typeof given === 'string' ? given : oneOrList(given)),
  }),
  confirmLabel: always('confirm_label', 'Confirm'),
  cancelLabel: always('cancel_label', 'Cancel'),
  onConfirm: sparse('on_confirm'),
  subtitle: sparse('subtitle', ''),
  size: sparse('size', 'md', { choices: SIZES }),
  maxWidth: sparse('max_width', ''),
  dismissible: sparse('dismissible', true),
  destructive: sparse('destructive', false),
  onClose: sparse('on_close'),
  open: sparse('open', true),
}
const dialog = builder('Dialog', { title: required('title'), ...overlayRules })
const modal = builder('Modal', { title: sparse('title', ''), ...overlayRules })

export type DialogOptions = NodeMeta & {
  readonly content?: Children | string
  readonly confirmLabel?: string
  readonly cancelLabel?: string
  readonly onConfirm?: Action
  readonly subtitle?: string
  /** A word of the scale, or a width such as `38rem`. */
  readonly size?: 'xs' | 'sm' | 'md' | 'lg' | 'xl' | '2xl' | 'full' | `${number}${string}`
  readonly maxWidth?: string
  readonly dismissible?: boolean
  readonly destructive?: boolean
  readonly onClose?: Action
  readonly open?: boolean
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

const tooltip = builder('Tooltip', {
  content: required('content'),
  children: sparse('children'),
  delayMs: sparse('delay_ms', 0),
})

/** A short explanation on hover and focus; never the only place where something is said. */
export function Tooltip(content: string, child: Child, options: NodeMeta & { readonly delayMs?: number } = {}): UINode {
  return tooltip({ ...options, content, children: list(child)[0] })
}

const link = builder('Link', { label: required('label'), href: sparse('href', ''), onClick: sparse('on_click') })

/** Leads somewhere, or fires an action in the middle of text. */
export function Link(
  label: string,
  options: NodeMeta & { readonly href?: string; readonly onClick?: Action } = {},
): UINode {
  return link({ ...options, label })
}

const slideOver = builder('SlideOver', {
  title: required('title'),
  subtitle: always('subtitle', ''),
  children: sparse('children', undefined, { map: list }),
  open: always('open', true),
  width: always('width', 'md', { choices: ['sm', 'md', 'lg', 'xl'] }),
  onClose: sparse('on_close'),
})

export type SlideOverOptions = NodeMeta & {
  readonly subtitle?: string
  readonly open?: boolean
  readonly width?: 'sm' | 'md' | 'lg' | 'xl'
  readonly onClose?: Action
}

/** A sheet that comes in from the side. */
export function SlideOver(title: string, children?: Children, options: SlideOverOptions = {}): UINode {
  return slideOver({ ...options, title, ...(children === undefined ? {} : { children }) })
}
