import { component } from '../component.ts'
import { aliased, always, built, item, required } from '../prop.ts'
import { padding } from '../prop-special.ts'
import { action, confirmation, content, contentOrText, items, node, nodes } from '../prop-structures.ts'
import { bool, choice, cssLength, icon, integer, text, tristate, url } from '../prop-values.ts'

export const BUTTON_VARIANTS = ['primary', 'secondary', 'ghost', 'danger'] as const
export const BUTTON_SYNONYMS = { default: 'secondary', outline: 'secondary', destructive: 'danger' } as const

export const Button = component({
  module: 'interactive',
  since: 'seed',
  doc: 'Fires an action. A button without a label needs an aria_label. It cannot read fields beside it; a Form can.',
  args: ['label'],
  props: {
    label: required(text()),
    variant: built(always(choice(BUTTON_VARIANTS, 'secondary', BUTTON_SYNONYMS)), 'primary'),
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
  docs: {
    label: 'A verb and its object.',
    variant: 'How much it matters: one primary in a view, danger only where the click itself destroys.',
    on_click: 'What the click does.',
    disabled: 'Cannot be pressed.',
    size: 'Its height.',
    full_width: 'As wide as its holder.',
    icon: 'Before the label.',
    icon_left: 'Before the label; icon wins.',
    icon_right: 'After the label.',
    loading: 'Busy, whatever it does itself.',
    loading_label: 'What it says while it is busy.',
    type: 'submit sends the form around it, reset restores the form.',
    aria_label: 'Its name when there is no label.',
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
  docs: {
    title: 'What the thing is called.',
    subtitle: 'A line below the title.',
    content: 'What it holds.',
    footer: 'Behind a hairline, for its buttons.',
    on_click: 'Makes the whole card clickable; controls in it keep their own clicks.',
    border: 'Whether it has a frame; it has by default.',
    padding: 'Space inside.',
  },
})

const menuItem = item(
  'MenuItem',
  {
    label: text(),
    id: text(),
    icon: icon(),
    on_click: action(),
    separator: bool(false),
    confirm: confirmation(),
    disabled: bool(false),
    danger: bool(false),
  },
  {
    label: 'What people read.',
    id: 'Identity across refreshes.',
    icon: 'Before the label.',
    on_click: 'What choosing it does.',
    separator: 'A rule instead of an item.',
    confirm: 'Asked before it is done.',
    disabled: 'Shown, and cannot be chosen.',
    danger: 'Red, for what destroys.',
  },
)

export const Menu = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A button that opens a list of actions.',
  args: ['items'],
  props: { items: required(items(menuItem)), trigger: node(), align: choice(['start', 'end'], 'end') },
  docs: {
    items: 'The actions in order.',
    trigger: 'A Button whose label, icon, variant and size the trigger takes; without it three dots.',
    align: 'The edge of the trigger that the list stands on.',
  },
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
const overlayDocs = {
  content: 'What it holds; a bare string is a text.',
  confirm_label: 'The button that confirms; an empty string leaves it out.',
  cancel_label: 'The button that closes; an empty string leaves it out.',
  on_confirm: 'What confirming does; the dialog closes when it succeeds and stays with the error when it fails.',
  subtitle: 'A line below the title.',
  size: 'Its width on a scale from 20 rem to the whole window.',
  max_width: 'A width of its own, which wins over size.',
  dismissible: 'Whether Escape, the cross and a click beside it close it.',
  destructive: 'Announced as an alert with a red button; the focus starts on the safe one.',
  on_close: 'Fired when it is closed without confirming.',
  open: 'Whether it is open.',
}

export const Dialog = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A question or a task that comes before everything else.',
  args: ['title'],
  props: { title: required(text()), ...overlay },
  docs: { title: 'What it is about.', ...overlayDocs },
})

export const Modal = component({
  module: 'interactive',
  since: 'later',
  doc: 'A Dialog whose title may be missing.',
  props: { title: text(), ...overlay },
  docs: { title: 'What it is about; without one the name of the app.', ...overlayDocs },
})

export const Tooltip = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A short explanation on hover and focus; never the only place where something is said.',
  args: ['content', 'children'],
  props: { content: required(text()), children: node(), delay_ms: integer(0, 0, 2_000) },
  docs: {
    content: 'The explanation.',
    children: 'What it explains.',
    delay_ms: 'Milliseconds before it opens on hover; 250 when 0.',
  },
})

export const Link = component({
  module: 'interactive',
  since: 'seed',
  doc: 'Leads somewhere, or fires an action in the middle of text.',
  args: ['label'],
  props: { label: aliased(required(text()), 'text'), href: url('link'), on_click: action() },
  docs: {
    label: 'What people read.',
    href: 'https, mailto, tel, a path of the shell, or a place in the page.',
    on_click: 'Fired instead of following href.',
  },
})

export const SlideOver = component({
  module: 'interactive',
  since: 'seed',
  doc: 'A sheet that comes in from the side.',
  args: ['title', 'children'],
  props: {
    title: required(text()),
    subtitle: always(text()),
    children: nodes(),
    open: always(bool(true)),
    width: always(choice(['sm', 'md', 'lg', 'xl'], 'md')),
    on_close: action(),
  },
  docs: {
    title: 'What it is about.',
    subtitle: 'A line below the title.',
    children: 'What it holds.',
    open: 'Whether it is open.',
    width: 'Its width on a scale from 24 to 36 rem.',
    on_close: 'Fired when it is closed.',
  },
})
