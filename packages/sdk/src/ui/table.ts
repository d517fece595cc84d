// Generated from the component table of the contract by `npm run docs`; do not edit.
import type { JsonObject, JsonValue } from '@imperal/contract'
import { always, confirm, items, list, one, oneOrList, oneOrListOrText, type Rules, required, sparse, string, TONES, unwrap } from './emit.ts'
import type { Action, Child, Children, Confirm, Icon, NodeMeta, Scalar, Tone } from './types.ts'

export type StackOptions = NodeMeta & {
  /** Below each other (v) or beside each other (h). */
  readonly direction?: 'v' | 'h' | 'vertical' | 'horizontal' | 'col' | 'column' | 'row'
  /** Space between the children in steps of 4 px. */
  readonly gap?: 0 | 1 | 2 | 3 | 4 | 6 | 8
  /** Whether children that do not fit go to the next line; by default horizontal ones do. */
  readonly wrap?: boolean
  /** Place across the direction; horizontal children are centred by default. */
  readonly align?: 'start' | 'center' | 'end' | 'stretch'
  /** Place along the direction. */
  readonly justify?: 'start' | 'center' | 'end' | 'between' | 'around'
  /** Stays at the top while the pane scrolls. */
  readonly sticky?: boolean
  /** Utility names for spacing, size and alignment; everything else is left out. */
  readonly className?: string
}
const StackRules: Rules = {
  children: required('children', { map: list }),
  direction: always('direction', 'v', { choices: ['v', 'h'], synonyms: {"vertical":"v","horizontal":"h","col":"v","column":"v","row":"h"} }),
  gap: always('gap', 3, { choices: [0, 1, 2, 3, 4, 6, 8] }),
  wrap: sparse('wrap'),
  align: sparse('align', '', { choices: ['start', 'center', 'end', 'stretch'] }),
  justify: sparse('justify', '', { choices: ['start', 'center', 'end', 'between', 'around'] }),
  sticky: sparse('sticky', false),
  className: sparse('className', ''),
}

export type GridOptions = NodeMeta & {
  /** Columns where there is room: at most two below 720 px, one below 480 px. */
  readonly columns?: 1 | 2 | 3 | 4 | 5 | 6 | 12
  /** Space between the children in steps of 4 px. */
  readonly gap?: 0 | 1 | 2 | 3 | 4 | 6 | 8
  /** Utility names for spacing, size and alignment; everything else is left out. */
  readonly className?: string
}
const GridRules: Rules = {
  children: required('children', { map: list }),
  columns: always('columns', 2, { choices: [1, 2, 3, 4, 5, 6, 12] }),
  gap: always('gap', 3, { choices: [0, 1, 2, 3, 4, 6, 8] }),
  className: sparse('className', ''),
}

export type Tab = {
  /** What people read on the tab. */
  readonly label: string
  /** What is shown while the tab is chosen. */
  readonly content: Children
  /** Identity across refreshes; by default its place. */
  readonly id?: string
  /** Before the label. */
  readonly icon?: Icon
  /** A count after the label. */
  readonly badge?: string
}
const TAB: Rules = {
  label: required('label'),
  content: always('content', [], { map: oneOrList }),
  id: sparse('id', ''),
  icon: sparse('icon', ''),
  badge: sparse('badge', ''),
}

export type TabsOptions = NodeMeta & {
  /** Place (from 0) or id of the tab that is open first. */
  readonly defaultTab?: number | string
}
const TabsRules: Rules = {
  tabs: required('tabs', { map: items('Tabs', TAB) }),
  defaultTab: always('default_tab', 0),
}

export type PageOptions = NodeMeta & {
  /** Heading of the pane. */
  readonly title?: string
  /** A line below the title. */
  readonly subtitle?: string
}
const PageRules: Rules = {
  children: required('children', { map: list }),
  title: sparse('title', ''),
  subtitle: sparse('subtitle', ''),
}

export type SectionOptions = NodeMeta & {
  /** The heading. */
  readonly title?: string
  /** The heading becomes a button that folds the section. */
  readonly collapsible?: boolean
}
const SectionRules: Rules = {
  children: required('children', { map: list }),
  title: sparse('title', ''),
  collapsible: always('collapsible', false),
}

export type AccordionSection = {
  /** Identity across refreshes. */
  readonly id: string
  /** What the heading says. */
  readonly title: string
  /** What opens below the heading. */
  readonly children: Children
  /** Open at first. */
  readonly open?: boolean
}
const ACCORDION_SECTION: Rules = {
  id: required('id'),
  title: required('title'),
  children: always('children', [], { map: list }),
  open: sparse('open', false),
}

export type AccordionOptions = NodeMeta & {
  /** Several may be open; without it opening one closes the others. */
  readonly allowMultiple?: boolean
}
const AccordionRules: Rules = {
  sections: required('sections', { map: items('Accordion', ACCORDION_SECTION) }),
  allowMultiple: always('allow_multiple', false),
}

export type TextOptions = NodeMeta & {
  /** The role of the text, and so its size and element. */
  readonly variant?: 'heading' | 'body' | 'caption' | 'code'
  /** One line, cut with an ellipsis. */
  readonly truncate?: boolean
  /** Utility names for spacing, size and alignment; everything else is left out. */
  readonly className?: string
}
const TextRules: Rules = {
  content: required('content'),
  variant: always('variant', 'body', { choices: ['heading', 'body', 'caption', 'code'] }),
  truncate: sparse('truncate', false),
  className: sparse('className', ''),
}

export type HeaderOptions = NodeMeta & {
  /** Its level, as in h1 to h4. */
  readonly level?: 1 | 2 | 3 | 4
  /** A line below it. */
  readonly subtitle?: string
}
const HeaderRules: Rules = {
  text: required('text'),
  level: always('level', 2, { choices: [1, 2, 3, 4] }),
  subtitle: sparse('subtitle', ''),
}

export type IconOptions = NodeMeta & {
  /** Pixels between 8 and 96, or a word of the scale. */
  readonly size?: number | 'xs' | 'sm' | 'md' | 'lg' | 'xl' | '2xl'
  /** A colour role or a plain CSS colour; without it the colour of the text. */
  readonly color?: Tone | (string & {})
  /** Utility names for spacing, size and alignment; everything else is left out. */
  readonly className?: string
}
const IconRules: Rules = {
  name: required('name'),
  size: always('size', 16),
  color: always('color', ''),
  className: sparse('className', ''),
}

export type ImageOptions = NodeMeta & {
  /** What it shows, for those who do not see it; empty for decoration. */
  readonly alt?: string
  /** A CSS length, or pixels. */
  readonly width?: string | number
  /** A CSS length, or pixels. */
  readonly height?: string | number
  /** Makes the picture a button. */
  readonly onClick?: Action
  /** How it fills its box. */
  readonly objectFit?: 'contain' | 'cover' | 'fill' | 'none' | 'scale-down'
  /** A line below it. */
  readonly caption?: string
}
const ImageRules: Rules = {
  src: required('src'),
  alt: sparse('alt', ''),
  width: sparse('width', '', { map: string }),
  height: sparse('height', '', { map: string }),
  onClick: sparse('on_click'),
  objectFit: sparse('object_fit', '', { choices: ['contain', 'cover', 'fill', 'none', 'scale-down'] }),
  caption: sparse('caption', ''),
}

export type CodeOptions = NodeMeta & {
  /** Its language, such as ts or sql; unknown ones are plain. */
  readonly language?: string
  /** Numbers before the lines; they are not copied. */
  readonly lineNumbers?: boolean
}
const CodeRules: Rules = {
  content: required('content'),
  language: sparse('language', ''),
  lineNumbers: always('line_numbers', false),
}

const MarkdownRules: Rules = {
  content: required('content'),
}

export type DividerOptions = NodeMeta & {
  /** The word. */
  readonly label?: string
}
const DividerRules: Rules = {
  label: sparse('label', ''),
}

export type EmptyOptions = NodeMeta & {
  /** Above the message. */
  readonly icon?: Icon
  /** The fastest way to fill it; drawn as one button. */
  readonly action?: Action
  /** What the button says; without it the label in the params of the action, or "Continue". */
  readonly actionLabel?: string
}
const EmptyRules: Rules = {
  message: always('message', 'No data'),
  icon: sparse('icon', ''),
  action: sparse('action'),
  actionLabel: sparse('action_label', ''),
}

export type HtmlOptions = NodeMeta & {
  /** In a frame of its own; without it the cleaned markup stands in the page. */
  readonly sandbox?: boolean
  /** Pixels before the frame scrolls; 0 grows with the content, up to 3000. */
  readonly maxHeight?: number
  /** dark: the look of the panel. light: a white sheet with dark ink, as mail expects. */
  readonly theme?: 'dark' | 'light'
}
const HtmlRules: Rules = {
  content: required('content'),
  sandbox: always('sandbox', true),
  maxHeight: sparse('max_height', 0),
  theme: sparse('theme', 'dark', { choices: ['dark', 'light'] }),
}

export type VideoOptions = NodeMeta & {
  /** Shows the controls. */
  readonly controls?: boolean
  /** A picture until it plays. */
  readonly poster?: string
  /** Names the player for those who do not see it. */
  readonly title?: string
  /** Starts by itself; a film does so without sound only. */
  readonly autoplay?: boolean
  /** Begins again at its end. */
  readonly loop?: boolean
  /** Starts without sound. */
  readonly muted?: boolean
  /** A CSS length, or pixels. */
  readonly width?: string | number
  /** A CSS length, or pixels. */
  readonly height?: string | number
}
const VideoRules: Rules = {
  src: required('src'),
  controls: always('controls', true),
  poster: sparse('poster', ''),
  title: sparse('title', ''),
  autoplay: sparse('autoplay', false),
  loop: sparse('loop', false),
  muted: sparse('muted', false),
  width: sparse('width', '', { map: string }),
  height: sparse('height', '', { map: string }),
}

export type AudioOptions = NodeMeta & {
  /** Shows the controls. */
  readonly controls?: boolean
  /** Names the player for those who do not see it. */
  readonly title?: string
  /** Starts by itself; a film does so without sound only. */
  readonly autoplay?: boolean
  /** Begins again at its end. */
  readonly loop?: boolean
}
const AudioRules: Rules = {
  src: required('src'),
  controls: always('controls', true),
  title: sparse('title', ''),
  autoplay: sparse('autoplay', false),
  loop: sparse('loop', false),
}

export type ButtonOptions = NodeMeta & {
  /** How much it matters: one primary in a view, danger only where the click itself destroys. */
  readonly variant?: 'primary' | 'secondary' | 'ghost' | 'danger'
  /** What the click does. */
  readonly onClick?: Action
  /** Cannot be pressed. */
  readonly disabled?: boolean
  /** Its height. */
  readonly size?: 'sm' | 'md' | 'lg'
  /** As wide as its holder. */
  readonly fullWidth?: boolean
  /** Before the label. */
  readonly icon?: Icon
  /** Before the label; icon wins. */
  readonly iconLeft?: Icon
  /** After the label. */
  readonly iconRight?: Icon
  /** Busy, whatever it does itself. */
  readonly loading?: boolean
  /** What it says while it is busy. */
  readonly loadingLabel?: string
  /** submit sends the form around it, reset restores the form. */
  readonly type?: 'button' | 'submit' | 'reset'
  /** Its name when there is no label. */
  readonly ariaLabel?: string
}
const ButtonRules: Rules = {
  label: required('label'),
  variant: always('variant', 'primary', { choices: ['primary', 'secondary', 'ghost', 'danger'] }),
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
}

export type CardOptions = NodeMeta & {
  /** What the thing is called. */
  readonly title?: string
  /** A line below the title. */
  readonly subtitle?: string
  /** What it holds. */
  readonly content?: Children
  /** Behind a hairline, for its buttons. */
  readonly footer?: Children
  /** Makes the whole card clickable; controls in it keep their own clicks. */
  readonly onClick?: Action
  /** Whether it has a frame; it has by default. */
  readonly border?: boolean
  /** Space inside. */
  readonly padding?: 'none' | 'sm' | 'md' | 'lg'
}
const CardRules: Rules = {
  title: sparse('title', ''),
  subtitle: sparse('subtitle', ''),
  content: sparse('content', undefined, { map: oneOrList }),
  footer: sparse('footer', undefined, { map: oneOrList }),
  onClick: sparse('on_click'),
  border: sparse('border'),
  padding: sparse('padding', 'md', { choices: ['none', 'sm', 'md', 'lg'] }),
}

const MENU_ITEM: Rules = {
  label: sparse('label', ''),
  id: sparse('id', ''),
  icon: sparse('icon', ''),
  onClick: sparse('on_click'),
  separator: sparse('separator', false),
  confirm: sparse('confirm', undefined, { map: confirm }),
  disabled: sparse('disabled', false),
  danger: sparse('danger', false),
}

export type MenuOptions = NodeMeta & {
  /** A Button whose label, icon, variant and size the trigger takes; without it three dots. */
  readonly trigger?: Child
  /** The edge of the trigger that the list stands on. */
  readonly align?: 'start' | 'end'
}
const MenuRules: Rules = {
  items: required('items', { map: items('Menu', MENU_ITEM) }),
  trigger: sparse('trigger', undefined, { map: one }),
  align: sparse('align', 'end', { choices: ['start', 'end'] }),
}

export type DialogOptions = NodeMeta & {
  /** What it holds; a bare string is a text. */
  readonly content?: Children | string
  /** The button that confirms; an empty string leaves it out. */
  readonly confirmLabel?: string
  /** The button that closes; an empty string leaves it out. */
  readonly cancelLabel?: string
  /** What confirming does; the dialog closes when it succeeds and stays with the error when it fails. */
  readonly onConfirm?: Action
  /** A line below the title. */
  readonly subtitle?: string
  /** Its width on a scale from 20 rem to the whole window. */
  readonly size?: 'xs' | 'sm' | 'md' | 'lg' | 'xl' | '2xl' | 'full'
  /** A width of its own, which wins over size. */
  readonly maxWidth?: string | number
  /** Whether Escape, the cross and a click beside it close it. */
  readonly dismissible?: boolean
  /** Announced as an alert with a red button; the focus starts on the safe one. */
  readonly destructive?: boolean
  /** Fired when it is closed without confirming. */
  readonly onClose?: Action
  /** Whether it is open. */
  readonly open?: boolean
}
const DialogRules: Rules = {
  title: required('title'),
  content: sparse('content', undefined, { map: oneOrListOrText }),
  confirmLabel: always('confirm_label', 'Confirm'),
  cancelLabel: always('cancel_label', 'Cancel'),
  onConfirm: sparse('on_confirm'),
  subtitle: sparse('subtitle', ''),
  size: sparse('size', 'md', { choices: ['xs', 'sm', 'md', 'lg', 'xl', '2xl', 'full'] }),
  maxWidth: sparse('max_width', '', { map: string }),
  dismissible: sparse('dismissible', true),
  destructive: sparse('destructive', false),
  onClose: sparse('on_close'),
  open: sparse('open', true),
}

export type ModalOptions = NodeMeta & {
  /** What it is about; without one the name of the app. */
  readonly title?: string
  /** What it holds; a bare string is a text. */
  readonly content?: Children | string
  /** The button that confirms; an empty string leaves it out. */
  readonly confirmLabel?: string
  /** The button that closes; an empty string leaves it out. */
  readonly cancelLabel?: string
  /** What confirming does; the dialog closes when it succeeds and stays with the error when it fails. */
  readonly onConfirm?: Action
  /** A line below the title. */
  readonly subtitle?: string
  /** Its width on a scale from 20 rem to the whole window. */
  readonly size?: 'xs' | 'sm' | 'md' | 'lg' | 'xl' | '2xl' | 'full'
  /** A width of its own, which wins over size. */
  readonly maxWidth?: string | number
  /** Whether Escape, the cross and a click beside it close it. */
  readonly dismissible?: boolean
  /** Announced as an alert with a red button; the focus starts on the safe one. */
  readonly destructive?: boolean
  /** Fired when it is closed without confirming. */
  readonly onClose?: Action
  /** Whether it is open. */
  readonly open?: boolean
}
const ModalRules: Rules = {
  title: sparse('title', ''),
  content: sparse('content', undefined, { map: oneOrListOrText }),
  confirmLabel: always('confirm_label', 'Confirm'),
  cancelLabel: always('cancel_label', 'Cancel'),
  onConfirm: sparse('on_confirm'),
  subtitle: sparse('subtitle', ''),
  size: sparse('size', 'md', { choices: ['xs', 'sm', 'md', 'lg', 'xl', '2xl', 'full'] }),
  maxWidth: sparse('max_width', '', { map: string }),
  dismissible: sparse('dismissible', true),
  destructive: sparse('destructive', false),
  onClose: sparse('on_close'),
  open: sparse('open', true),
}

export type TooltipOptions = NodeMeta & {
  /** Milliseconds before it opens on hover; 250 when 0. */
  readonly delayMs?: number
}
const TooltipRules: Rules = {
  content: required('content'),
  children: sparse('children', undefined, { map: one }),
  delayMs: sparse('delay_ms', 0),
}

export type LinkOptions = NodeMeta & {
  /** https, mailto, tel, a path of the shell, or a place in the page. */
  readonly href?: string
  /** Fired instead of following href. */
  readonly onClick?: Action
}
const LinkRules: Rules = {
  label: required('label'),
  href: sparse('href', ''),
  onClick: sparse('on_click'),
}

export type SlideOverOptions = NodeMeta & {
  /** A line below the title. */
  readonly subtitle?: string
  /** Whether it is open. */
  readonly open?: boolean
  /** Its width on a scale from 24 to 36 rem. */
  readonly width?: 'sm' | 'md' | 'lg' | 'xl'
  /** Fired when it is closed. */
  readonly onClose?: Action
}
const SlideOverRules: Rules = {
  title: required('title'),
  subtitle: always('subtitle', ''),
  children: sparse('children', undefined, { map: list }),
  open: always('open', true),
  width: always('width', 'md', { choices: ['sm', 'md', 'lg', 'xl'] }),
  onClose: sparse('on_close'),
}

export type InputOptions = NodeMeta & {
  /** An example of what to write; never the name of the field. */
  readonly placeholder?: string
  /** What stands in it at first. */
  readonly value?: string
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Fired by Enter with the trimmed text, then the field is empty again; not inside a form. */
  readonly onSubmit?: Action
  /** What kind of text; a number field sends a number, or null when it is empty. */
  readonly type?: 'text' | 'password' | 'email' | 'number' | 'url'
  /** ghost has no outline until it is used. */
  readonly variant?: 'default' | 'ghost'
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
  /** Can be read and copied, not changed. */
  readonly readonly?: boolean
}
const InputRules: Rules = {
  placeholder: always('placeholder', ''),
  value: always('value', ''),
  paramName: always('param_name', 'value'),
  onSubmit: sparse('on_submit'),
  type: sparse('type', 'text', { choices: ['text', 'password', 'email', 'number', 'url'] }),
  variant: sparse('variant', 'default', { choices: ['default', 'ghost'] }),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
  disabled: sparse('disabled', false),
  readonly: sparse('readonly', false),
}

export type TextAreaOptions = NodeMeta & {
  /** An example of what to write; never the name of the field. */
  readonly placeholder?: string
  /** What stands in it at first. */
  readonly value?: string
  /** Its height in lines, at least 2. */
  readonly rows?: number
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Fired by Ctrl or Cmd with Enter, with the text as it is. */
  readonly onSubmit?: Action
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
  /** Can be read and copied, not changed. */
  readonly readonly?: boolean
}
const TextAreaRules: Rules = {
  placeholder: always('placeholder', ''),
  value: always('value', ''),
  rows: always('rows', 4),
  paramName: always('param_name', 'text'),
  onSubmit: sparse('on_submit'),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
  disabled: sparse('disabled', false),
  readonly: sparse('readonly', false),
}

export type ToggleOptions = NodeMeta & {
  /** On or off. */
  readonly value?: boolean
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Caption of the control, and its name. */
  readonly label?: string
  /** Fired at once; the switch goes back when it fails. */
  readonly onChange?: Action
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
  /** A line of help below it. */
  readonly description?: string
}
const ToggleRules: Rules = {
  value: always('value', false),
  paramName: always('param_name', 'enabled'),
  label: sparse('label', ''),
  onChange: sparse('on_change'),
  disabled: sparse('disabled', false),
  description: sparse('description', ''),
}

export type CheckboxOptions = NodeMeta & {
  /** Ticked or not. */
  readonly value?: boolean
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Fired by every change. */
  readonly onChange?: Action
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
}
const CheckboxRules: Rules = {
  value: always('value', false),
  paramName: always('param_name', 'checked'),
  onChange: sparse('on_change'),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
  disabled: sparse('disabled', false),
}

export type Option = {
  /** What travels when it is chosen. */
  readonly value: string
  /** What people read. */
  readonly label: string
  /** Shown, and cannot be chosen. */
  readonly disabled?: boolean
  /** A second line; drawn by RadioGroup. */
  readonly description?: string
}
const OPTION: Rules = {
  value: required('value'),
  label: required('label'),
  disabled: sparse('disabled', false),
  description: sparse('description', ''),
}

export type RadioGroupOptions = NodeMeta & {
  /** The value of the chosen one. */
  readonly value?: string
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Below or beside each other. */
  readonly orientation?: 'vertical' | 'horizontal'
  /** Fired by every choice. */
  readonly onChange?: Action
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
}
const RadioGroupRules: Rules = {
  options: required('options', { map: items('RadioGroup', OPTION) }),
  value: always('value', ''),
  paramName: always('param_name', 'value'),
  orientation: always('orientation', 'vertical', { choices: ['vertical', 'horizontal'] }),
  onChange: sparse('on_change'),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
  disabled: sparse('disabled', false),
}

export type SelectOptions = NodeMeta & {
  /** The value of the chosen one. */
  readonly value?: string
  /** The name under which the value travels. */
  readonly paramName?: string
  /** What it says while nothing is chosen. */
  readonly placeholder?: string
  /** Fired by every choice. */
  readonly onChange?: Action
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
}
const SelectRules: Rules = {
  options: required('options', { map: items('Select', OPTION) }),
  value: always('value', ''),
  paramName: always('param_name', 'value'),
  placeholder: sparse('placeholder', ''),
  onChange: sparse('on_change'),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
  disabled: sparse('disabled', false),
}

export type MultiSelectOptions = NodeMeta & {
  /** The values of the chosen ones. */
  readonly values?: readonly string[]
  /** The name under which the value travels. */
  readonly paramName?: string
  /** What it says while nothing is chosen. */
  readonly placeholder?: string
  /** Fired by every choice with all values, in the order in which they were chosen. */
  readonly onChange?: Action
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
}
const MultiSelectRules: Rules = {
  options: required('options', { map: items('MultiSelect', OPTION) }),
  values: always('values', []),
  paramName: always('param_name', 'values'),
  placeholder: sparse('placeholder', ''),
  onChange: sparse('on_change'),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
  disabled: sparse('disabled', false),
}

export type SliderOptions = NodeMeta & {
  /** The lower end. */
  readonly min?: number
  /** The upper end. */
  readonly max?: number
  /** Where it stands. */
  readonly value?: number
  /** The distance between two places. */
  readonly step?: number
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Caption of the control, and its name. */
  readonly label?: string
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
  /** Fired when it is let go. */
  readonly onChange?: Action
}
const SliderRules: Rules = {
  min: always('min', 0),
  max: always('max', 100),
  value: always('value', 50),
  step: always('step', 1),
  paramName: always('param_name', 'value'),
  label: sparse('label', ''),
  disabled: sparse('disabled', false),
  onChange: sparse('on_change'),
}

export type DatePickerOptions = NodeMeta & {
  /** The day. As YYYY-MM-DD. */
  readonly value?: string
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Fired when a day is settled. */
  readonly onChange?: Action
  /** The first day that can be chosen. As YYYY-MM-DD. */
  readonly min?: string
  /** The last day that can be chosen. As YYYY-MM-DD. */
  readonly max?: string
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
  /** Cannot be changed; its value still travels. */
  readonly disabled?: boolean
}
const DatePickerRules: Rules = {
  value: always('value', ''),
  paramName: always('param_name', 'date'),
  onChange: sparse('on_change'),
  min: sparse('min', ''),
  max: sparse('max', ''),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
  disabled: sparse('disabled', false),
}

export type FileUploadOptions = NodeMeta & {
  /** Kinds that are taken, as in HTML: .pdf,image/*. */
  readonly accept?: string
  /** The largest file. */
  readonly maxSizeMb?: number
  /** Several at once. */
  readonly multiple?: boolean
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Fired once for each drop; without it the files are the value of the form field. */
  readonly onUpload?: Action
  /** Endings that are refused. */
  readonly blockedExtensions?: readonly string[]
  /** All files together; 0 sets no limit. */
  readonly maxTotalMb?: number
  /** How many; 0 sets no limit. */
  readonly maxFiles?: number
  /** Heading of the drop zone. */
  readonly title?: string
  /** A line below the heading. */
  readonly hint?: string
  /** Its look. */
  readonly variant?: 'default' | 'futuristic' | 'compact'
  /** Small pictures of images. */
  readonly showPreviews?: boolean
  /** What became of each file, by client_id: {status, error?}. */
  readonly statuses?: JsonObject
}
const FileUploadRules: Rules = {
  accept: always('accept', '*'),
  maxSizeMb: always('max_size_mb', 10),
  multiple: always('multiple', false),
  paramName: always('param_name', 'files'),
  onUpload: sparse('on_upload'),
  blockedExtensions: sparse('blocked_extensions'),
  maxTotalMb: sparse('max_total_mb', 0),
  maxFiles: sparse('max_files', 0),
  title: sparse('title', ''),
  hint: sparse('hint', ''),
  variant: sparse('variant', 'default', { choices: ['default', 'futuristic', 'compact'] }),
  showPreviews: sparse('show_previews', false),
  statuses: sparse('statuses'),
}

export type RichEditorOptions = NodeMeta & {
  /** The HTML that stands in it at first; markup that the editor does not know is dropped. */
  readonly content?: string
  /** Shown while it is empty. */
  readonly placeholder?: string
  /** The name under which the value travels. */
  readonly paramName?: string
  /** Buttons for bold, headings, lists and the like. */
  readonly toolbar?: boolean
  /** Fired by Ctrl or Cmd with S, and by the button for it. */
  readonly onSave?: Action
  /** Fired half a second after the last change. */
  readonly onChange?: Action
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
}
const RichEditorRules: Rules = {
  content: always('content', ''),
  placeholder: always('placeholder', 'Start writing...'),
  paramName: always('param_name', 'content'),
  toolbar: always('toolbar', true),
  onSave: sparse('on_save'),
  onChange: sparse('on_change'),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
}

export type TagInputOptions = NodeMeta & {
  /** The words. */
  readonly values?: readonly string[]
  /** Offered while somebody types. */
  readonly suggestions?: readonly string[]
  /** Shown while there are no words. */
  readonly placeholder?: string
  /** The name under which the value travels. */
  readonly paramName?: string
  /** What separates group and word: with ":" a:b stands under a. */
  readonly groupedBy?: string
  /** Fired by every change with all words. */
  readonly onChange?: Action
  /** Characters beside Enter that end a word; pasted text is split at them. */
  readonly delimiters?: readonly string[]
  /** A pattern that words must match, or email or url. */
  readonly validate?: string
  /** What is said of words that do not match. */
  readonly validateMessage?: string
  /** Caption of the control, and its name. */
  readonly label?: string
  /** A line of help below it. */
  readonly description?: string
  /** What is wrong with the value; shown instead of the help. */
  readonly error?: string
  /** A form is not sent without it. */
  readonly required?: boolean
}
const TagInputRules: Rules = {
  values: always('values', []),
  suggestions: always('suggestions', []),
  placeholder: always('placeholder', 'Add...'),
  paramName: always('param_name', 'tags'),
  groupedBy: always('grouped_by', ''),
  onChange: sparse('on_change'),
  delimiters: sparse('delimiters'),
  validate: sparse('validate', ''),
  validateMessage: sparse('validate_message', ''),
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
}

export type FormOptions = NodeMeta & {
  /** The function, or the panel, that is called with all values. */
  readonly action?: string
  /** The button that sends; an empty string leaves it out. */
  readonly submitLabel?: string
  /** Values by param_name, which win over those of the fields; others travel along unseen. */
  readonly defaults?: JsonObject
  /** Asked before it is sent. */
  readonly confirm?: Confirm
}
const FormRules: Rules = {
  children: required('children', { map: list }),
  action: sparse('action', ''),
  submitLabel: always('submit_label', 'Submit'),
  defaults: sparse('defaults'),
  confirm: sparse('confirm', undefined, { map: confirm }),
}

export type BulkAction = {
  /** What the button says. */
  readonly label: string
  /** What happens to the ticked rows. */
  readonly action: Action
  /** Before the label. */
  readonly icon?: Icon
  /** As of a Button. */
  readonly variant?: 'primary' | 'secondary' | 'ghost' | 'danger'
  /** Asked before it is done; {count} is the number of rows. */
  readonly confirm?: Confirm
}
const BULK_ACTION: Rules = {
  label: required('label'),
  action: required('action'),
  icon: sparse('icon', ''),
  variant: sparse('variant', 'secondary', { choices: ['primary', 'secondary', 'ghost', 'danger'] }),
  confirm: sparse('confirm', undefined, { map: confirm }),
}

export type ListOptions = NodeMeta & {
  /** A field that filters what is loaded, without asking the app. */
  readonly searchable?: boolean
  /** The ListItem prop whose value makes a heading where it changes, such as group. */
  readonly groupedBy?: string
  /** Rows on a page; 0 shows all. */
  readonly pageSize?: number
  /** Asks for the next rows when the end comes into sight; usually a call of the same panel. */
  readonly onEndReached?: Action
  /** Rows can be ticked. */
  readonly selectable?: boolean
  /** What can be done with the ticked rows. */
  readonly bulkActions?: readonly BulkAction[]
  /** How many there are in all, for the footer. */
  readonly totalItems?: number
  /** A remark in the footer. */
  readonly extraInfo?: string
  /** Names the list. */
  readonly title?: string
  /** Shown without rows. */
  readonly emptyText?: string
  /** What the search field says. */
  readonly searchPlaceholder?: string
  /** Pixels before the list itself scrolls; 0 lets the pane scroll. */
  readonly maxHeight?: number
  /** The name under which the ids of ticked rows travel. */
  readonly idsParam?: string
}
const ListRules: Rules = {
  items: required('items', { map: list }),
  searchable: always('searchable', false),
  groupedBy: always('grouped_by', ''),
  pageSize: sparse('page_size', 0),
  onEndReached: sparse('on_end_reached'),
  selectable: sparse('selectable', false),
  bulkActions: sparse('bulk_actions', undefined, { map: items('List', BULK_ACTION) }),
  totalItems: sparse('total_items', 0),
  extraInfo: sparse('extra_info', ''),
  title: sparse('title', ''),
  emptyText: sparse('empty_text', ''),
  searchPlaceholder: sparse('search_placeholder', ''),
  maxHeight: sparse('max_height', 0),
  idsParam: sparse('ids_param', 'message_ids'),
}

export type HoverAction = {
  /** What the button shows. */
  readonly icon: Icon
  /** What it does. */
  readonly onClick: Action
  /** Its name; without one the words of the icon. */
  readonly label?: string
  /** Asked before it is done. */
  readonly confirm?: Confirm
}
const HOVER_ACTION: Rules = {
  icon: required('icon'),
  onClick: required('on_click'),
  label: sparse('label', ''),
  confirm: sparse('confirm', undefined, { map: confirm }),
}

export type ListItemOptions = NodeMeta & {
  /** A second line. */
  readonly subtitle?: string
  /** A few characters at the end, such as a time. */
  readonly meta?: string
  /** An Avatar at the start. */
  readonly avatar?: Child
  /** A Badge at the end. */
  readonly badge?: Child
  /** At the start, when there is no avatar. */
  readonly icon?: Icon
  /** Marked as the current one. */
  readonly selected?: boolean
  /** What a click on the row does. */
  readonly onClick?: Action
  /** Buttons that appear on hover and focus. */
  readonly actions?: readonly HoverAction[]
  /** Can be dragged onto other rows of the app. */
  readonly draggable?: boolean
  /** Takes rows that are dragged onto it. */
  readonly droppable?: boolean
  /** Fired by a drop. */
  readonly onDrop?: Action
  /** A click opens the content below instead of firing on_click. */
  readonly expandable?: boolean
  /** What opens below the row. */
  readonly expandedContent?: Children
  /** The heading under which it stands when the List is grouped by group. */
  readonly group?: string
}
const ListItemRules: Rules = {
  id: required('id'),
  title: required('title'),
  subtitle: sparse('subtitle', ''),
  meta: sparse('meta', ''),
  avatar: sparse('avatar', undefined, { map: one }),
  badge: sparse('badge', undefined, { map: one }),
  icon: sparse('icon', ''),
  selected: sparse('selected', false),
  onClick: sparse('on_click'),
  actions: sparse('actions', undefined, { map: items('ListItem', HOVER_ACTION) }),
  draggable: sparse('draggable', false),
  droppable: sparse('droppable', false),
  onDrop: sparse('on_drop'),
  expandable: sparse('expandable', false),
  expandedContent: sparse('expanded_content', undefined, { map: list }),
  group: sparse('group', ''),
}

const COLUMN: Rules = {
  key: required('key'),
  label: required('label'),
  sortable: always('sortable', true),
  width: sparse('width', ''),
  editable: sparse('editable', false),
  editType: sparse('edit_type', 'text', { choices: ['text', 'toggle', 'number'] }),
  align: sparse('align', '', { choices: ['left', 'center', 'right'] }),
}

export type DataTableOptions = NodeMeta & {
  /** Fired by a click on a row. */
  readonly onRowClick?: Action
  /** Fired by each change of a cell. */
  readonly onCellEdit?: Action
  /** Shown without rows. */
  readonly emptyText?: string
  /** Pixels before the table itself scrolls. */
  readonly maxHeight?: number
  /** The head stays in sight. */
  readonly stickyHeader?: boolean
}
const DataTableRules: Rules = {
  columns: required('columns'),
  rows: required('rows'),
  onRowClick: sparse('on_row_click'),
  onCellEdit: sparse('on_cell_edit'),
  emptyText: sparse('empty_text', ''),
  maxHeight: sparse('max_height', 0),
  stickyHeader: sparse('sticky_header', false),
}

export type StatOptions = NodeMeta & {
  /** The change, in words. */
  readonly trend?: string
  /** Before the label. */
  readonly icon?: Icon
  /** Tints the value; blue leaves it in ink. */
  readonly color?: Tone
  /** A line below. */
  readonly description?: string
  /** An arrow and its colour; never guessed from the words. */
  readonly trendDirection?: 'up' | 'down' | 'neutral'
}
const StatRules: Rules = {
  label: required('label'),
  value: required('value'),
  trend: always('trend', ''),
  icon: always('icon', ''),
  color: always('color', 'blue', { choices: TONES }),
  description: sparse('description', ''),
  trendDirection: sparse('trend_direction', '', { choices: ['up', 'down', 'neutral'] }),
}

export type StatsOptions = NodeMeta & {
  /** At most so many beside each other; 0 means up to four. */
  readonly columns?: number
}
const StatsRules: Rules = {
  children: required('children', { map: list }),
  columns: sparse('columns', 0),
}

export type BadgeOptions = NodeMeta & {
  /** Shown without a label; the counter of a tray item. */
  readonly value?: JsonValue
  /** Its colour role. */
  readonly color?: Tone
  /** Its height. */
  readonly size?: 'sm' | 'md' | 'lg'
  /** A dot before the words, for decoration. */
  readonly dot?: boolean
}
const BadgeRules: Rules = {
  label: always('label', ''),
  value: always('value'),
  color: always('color', 'gray', { choices: TONES }),
  size: sparse('size', 'md', { choices: ['sm', 'md', 'lg'] }),
  dot: sparse('dot', false),
}

export type AvatarOptions = NodeMeta & {
  /** Initials are made from it when there is no picture and no name. */
  readonly fallback?: string
  /** Where the picture is. */
  readonly src?: string
  /** 24, 32, 40 or 56 px. */
  readonly size?: 'xs' | 'sm' | 'md' | 'lg'
  /** Whose it is; also its name for those who do not see it. */
  readonly name?: string
  /** Round for people, square for things. */
  readonly shape?: 'circle' | 'square'
}
const AvatarRules: Rules = {
  fallback: always('fallback', '?'),
  src: always('src', ''),
  size: always('size', 'md', { choices: ['xs', 'sm', 'md', 'lg'] }),
  name: sparse('name', ''),
  shape: sparse('shape', 'circle', { choices: ['circle', 'square'] }),
}

export type KeyValueItem = {
  /** The name. */
  readonly key: string
  /** The value; null is drawn as a dash. */
  readonly value: Scalar
  /** A button copies the value. */
  readonly copyable?: boolean
}
const KEY_VALUE_ITEM: Rules = {
  key: required('key'),
  value: always('value'),
  copyable: sparse('copyable', false),
}

export type KeyValueOptions = NodeMeta & {
  /** Pairs beside each other where there is room. */
  readonly columns?: number
}
const KeyValueRules: Rules = {
  items: required('items', { map: items('KeyValue', KEY_VALUE_ITEM) }),
  columns: always('columns', 1),
}

export type TimelineItem = {
  /** What happened. */
  readonly title: string
  /** More about it. */
  readonly description?: string
  /** When, printed as it is. */
  readonly time?: string
  /** Inside the dot. */
  readonly icon?: Icon
  /** Colour of the dot. */
  readonly color?: Tone
}
const TIMELINE_ITEM: Rules = {
  title: required('title'),
  description: sparse('description', ''),
  time: sparse('time', ''),
  icon: sparse('icon', ''),
  color: sparse('color', 'blue', { choices: TONES }),
}

const TimelineRules: Rules = {
  items: required('items', { map: items('Timeline', TIMELINE_ITEM) }),
}

const TREE_ITEM: Rules = {
  id: required('id'),
  label: required('label'),
  icon: sparse('icon', ''),
  onClick: sparse('on_click'),
  badge: sparse('badge'),
  expanded: sparse('expanded'),
  children: sparse('children', undefined, { map: (given: readonly object[]) => items('Tree', TREE_ITEM)(given) }),
}

export type TreeOptions = NodeMeta & {
  /** Names the tree. */
  readonly label?: string
}
const TreeRules: Rules = {
  nodes: required('nodes', { map: items('Tree', TREE_ITEM) }),
  label: sparse('label', ''),
}

export type AlertOptions = NodeMeta & {
  /** The same in three words. */
  readonly title?: string
  /** How serious it is: icon and colour. */
  readonly variant?: 'info' | 'success' | 'warn' | 'error' | 'warning' | 'danger' | 'err' | 'ok'
  /** Can be closed; it comes back with a new revision. */
  readonly dismissible?: boolean
}
const AlertRules: Rules = {
  message: required('message'),
  title: always('title', ''),
  variant: always('variant', 'info', { choices: ['info', 'success', 'warn', 'error'], synonyms: {"warning":"warn","danger":"error","err":"error","ok":"success"} }),
  dismissible: sparse('dismissible', false),
}

export type ProgressOptions = NodeMeta & {
  /** What is under way. */
  readonly label?: string
  /** A bar or a ring. */
  readonly variant?: 'bar' | 'circular'
  /** Its colour role. */
  readonly color?: 'blue' | 'green' | 'red' | 'yellow' | 'purple'
  /** The end; 100 makes percent. */
  readonly max?: number
  /** Prints the number as well. */
  readonly showValue?: boolean
  /** Its thickness. */
  readonly size?: 'sm' | 'md' | 'lg'
}
const ProgressRules: Rules = {
  value: required('value'),
  label: always('label', ''),
  variant: always('variant', 'bar', { choices: ['bar', 'circular'] }),
  color: sparse('color', '', { choices: ['blue', 'green', 'red', 'yellow', 'purple'] }),
  max: sparse('max', 100),
  showValue: sparse('show_value', false),
  size: sparse('size', 'md', { choices: ['sm', 'md', 'lg'] }),
}

export type Series = {
  /** The key of the points. */
  readonly key: string
  /** What people read. */
  readonly label?: string
  /** A plain CSS colour or a colour role. */
  readonly color?: Tone | (string & {})
}
const SERIES: Rules = {
  key: required('key'),
  label: sparse('label', ''),
  color: sparse('color', ''),
}

export type ChartOptions = NodeMeta & {
  /** Its shape; a pie draws the first series. */
  readonly type?: 'line' | 'bar' | 'pie'
  /** The key that names the points. */
  readonly xKey?: string
  /** Pixels, 120 to 800. */
  readonly height?: number
  /** What is drawn; without it every key of the first point except x_key. */
  readonly series?: readonly Series[]
  /** Series with an axis of their own at the right. */
  readonly y2Keys?: readonly string[]
  /** What it shows. */
  readonly title?: string
  /** A sentence about it. */
  readonly description?: string
  /** Names of the series below. */
  readonly showLegend?: boolean
  /** The table is visible. */
  readonly showDataTable?: boolean
}
const ChartRules: Rules = {
  type: always('chart_type', 'line', { choices: ['line', 'bar', 'pie'] }),
  data: required('data'),
  xKey: always('x_key', 'name'),
  height: always('height', 200),
  series: sparse('series', undefined, { map: items('Chart', SERIES) }),
  y2Keys: sparse('y2_keys'),
  title: sparse('title', ''),
  description: sparse('description', ''),
  showLegend: sparse('show_legend', false),
  showDataTable: sparse('show_data_table', false),
}

export type LoadingOptions = NodeMeta & {
  /** Its look. */
  readonly variant?: 'spinner' | 'skeleton' | 'dots'
}
const LoadingRules: Rules = {
  message: always('message', 'Loading...'),
  variant: always('variant', 'spinner', { choices: ['spinner', 'skeleton', 'dots'] }),
}

export type ErrorOptions = NodeMeta & {
  /** What happened. */
  readonly title?: string
  /** Tries again; drawn as a button. */
  readonly retry?: Action
  /** What the button says; "Try again" without it. */
  readonly retryLabel?: string
}
const ErrorRules: Rules = {
  message: required('message'),
  title: always('title', 'Error'),
  retry: sparse('retry'),
  retryLabel: sparse('retry_label', ''),
}

export type ToastOptions = NodeMeta & {
  /** How serious it is: icon and colour. */
  readonly variant?: 'info' | 'success' | 'warn' | 'error' | 'warning' | 'danger' | 'err' | 'ok'
  /** Milliseconds; 0 stays until it is dismissed. */
  readonly duration?: number
  /** The same in three words. */
  readonly title?: string
  /** What can be done about it; goes with action_label. */
  readonly action?: Action
  /** What its button says; goes with action. */
  readonly actionLabel?: string
}
const ToastRules: Rules = {
  message: required('message'),
  variant: always('variant', 'info', { choices: ['info', 'success', 'warn', 'error'], synonyms: {"warning":"warn","danger":"error","err":"error","ok":"success"} }),
  duration: always('duration', 5000),
  title: sparse('title', ''),
  action: sparse('action'),
  actionLabel: sparse('action_label', ''),
}

export type GraphOptions = NodeMeta & {
  /** How the things are arranged; cose-bilkent groups what is related. */
  readonly layout?: 'cose-bilkent' | 'circle' | 'grid' | 'breadthfirst' | 'concentric'
  /** Pixels. */
  readonly height?: number
  /** Pixels of a thing of size 0. */
  readonly minNodeSize?: number
  /** Pixels of a thing of size 50. */
  readonly maxNodeSize?: number
  /** Prints the names of relations. */
  readonly edgeLabelVisible?: boolean
  /** The key whose value chooses the colour; a colour of its own wins. */
  readonly colorBy?: string
  /** Fired by a click on a thing, in the picture and in the list. */
  readonly onNodeClick?: Action
  /** What it shows. */
  readonly title?: string
  /** A sentence about it. */
  readonly description?: string
  /** Moves into place, unless the reader wants less motion. */
  readonly animate?: boolean
}
const GraphRules: Rules = {
  nodes: required('nodes', { map: unwrap }),
  edges: required('edges', { map: unwrap }),
  layout: always('layout', 'cose-bilkent', { choices: ['cose-bilkent', 'circle', 'grid', 'breadthfirst', 'concentric'] }),
  height: always('height', 600),
  minNodeSize: always('min_node_size', 10),
  maxNodeSize: always('max_node_size', 50),
  edgeLabelVisible: always('edge_label_visible', false),
  colorBy: always('color_by', 'type'),
  onNodeClick: sparse('on_node_click'),
  title: sparse('title', 'Relationship graph'),
  description: sparse('description', ''),
  animate: sparse('animate', true),
}

export type TrayResponseOptions = NodeMeta & {
  /** A Badge whose value is the counter. */
  readonly badge?: Child
  /** What opens below the icon. */
  readonly panel?: Child
}
const TrayResponseRules: Rules = {
  badge: sparse('badge', undefined, { map: one }),
  panel: sparse('panel', undefined, { map: one }),
}

/** The rules of every builder, by component. */
export const TABLE = {
  Stack: StackRules,
  Grid: GridRules,
  Tabs: TabsRules,
  Page: PageRules,
  Section: SectionRules,
  Accordion: AccordionRules,
  Text: TextRules,
  Header: HeaderRules,
  Icon: IconRules,
  Image: ImageRules,
  Code: CodeRules,
  Markdown: MarkdownRules,
  Divider: DividerRules,
  Empty: EmptyRules,
  Html: HtmlRules,
  Video: VideoRules,
  Audio: AudioRules,
  Button: ButtonRules,
  Card: CardRules,
  Menu: MenuRules,
  Dialog: DialogRules,
  Modal: ModalRules,
  Tooltip: TooltipRules,
  Link: LinkRules,
  SlideOver: SlideOverRules,
  Input: InputRules,
  TextArea: TextAreaRules,
  Toggle: ToggleRules,
  Checkbox: CheckboxRules,
  RadioGroup: RadioGroupRules,
  Select: SelectRules,
  MultiSelect: MultiSelectRules,
  Slider: SliderRules,
  DatePicker: DatePickerRules,
  FileUpload: FileUploadRules,
  RichEditor: RichEditorRules,
  TagInput: TagInputRules,
  Form: FormRules,
  List: ListRules,
  ListItem: ListItemRules,
  DataTable: DataTableRules,
  Stat: StatRules,
  Stats: StatsRules,
  Badge: BadgeRules,
  Avatar: AvatarRules,
  KeyValue: KeyValueRules,
  Timeline: TimelineRules,
  Tree: TreeRules,
  Alert: AlertRules,
  Progress: ProgressRules,
  Chart: ChartRules,
  Loading: LoadingRules,
  Error: ErrorRules,
  Toast: ToastRules,
  Graph: GraphRules,
  TrayResponse: TrayResponseRules,
  DataColumn: COLUMN,
} as const
