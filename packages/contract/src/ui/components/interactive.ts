import { component } from '../component.ts'
import { aliased, always, required } from '../prop.ts'
import { padding } from '../prop-special.ts'
import { action, confirmation, content, contentOrText, items, node, nodes } from '../prop-structures.ts'
import { bool, choice, cssLength, icon, integer, text, tristate, url } from '../prop-values.ts'

export const BUTTON_VARIANTS = ['primary', 'secondary', 'ghost', 'danger'] as const
export const BUTTON_SYNONYMS = { default: 'secondary', outline: 'secondary', destructive: 'danger' } as const

export const Button = component({
  module: 'interactive',
  since: 'seed',
  doc: 'Fires an action.',
  props: {
    label: required(text()),
    variant: always(choice(BUTTON_VARIANTS, 'secondary', BUTTON_SYNONYMS)),
    on_click: action(),
    disabled: always(bool(false)),
    size: always(choice(['sm', 'md', 'lg'], 'md')),
    full_width: bool(false),
    icon: icon(),
    icon_left: icon(),
    icon_right: icon(),
    loading: bool(false),
    loading_label: text(),
    type: choice(['button', 'submit', 'reset'], 'button'),
    aria_label: text(),
  },
})

export const Card = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A framed thing with a name.',
  props: {
    title: text(),
    subtitle: text(),
    content: aliased(content(), 'children'),
    footer: content(),
    on_click: action(),
    border: tristate(),
    padding: padding(),
  },
})

export const menuItemShape = {
  label: text(),
  id: text(),
  icon: icon(),
  on_click: action(),
  separator: bool(false),
  confirm: confirmation(),
  disabled: bool(false),
  danger: bool(false),
}

export const Menu = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A button that opens a list of actions.',
  props: { items: required(items(menuItemShape)), trigger: node(), align: choice(['start', 'end'], 'end') },
})

const overlay = {
  content: contentOrText(),
  confirm_label: always(text('Confirm')),
  cancel_label: always(text('Cancel')),
  on_confirm: action(),
  subtitle: text(),
  size: choice(['xs', 'sm', 'md', 'lg', 'xl', '2xl', 'full'], 'md'),
  max_width: cssLength(),
  dismissible: bool(true),
  destructive: bool(false),
  on_close: action(),
  open: bool(true),
}

export const Dialog = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A question or a task that comes before everything else.',
  props: { title: required(text()), ...overlay },
})

export const Modal = component({
  module: 'interactive',
  since: 'later',
  doc: 'A Dialog whose title may be missing.',
  props: { title: text(), ...overlay },
})

export const Tooltip = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A short explanation on hover and focus.',
  props: { content: required(text()), children: node(), delay_ms: integer(0, 0, 2_000) },
})

export const Link = component({
  module: 'interactive',
  since: 'seed',
  doc: 'Leads somewhere, or fires an action in the middle of text.',
  props: { label: aliased(required(text()), 'text'), href: url('link'), on_click: action() },
})

export const SlideOver = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A sheet that comes in from the side.',
  props: {
    title: required(text()),
    subtitle: always(text()),
    children: nodes(),
    open: always(bool(true)),
    width: always(choice(['sm', 'md', 'lg', 'xl'], 'md')),
    on_close: action(),
  },
})
