import { component } from '../component.ts'
import { aliased, always, required } from '../prop.ts'
import { iconSize } from '../prop-special.ts'
import { action } from '../prop-structures.ts'
import { bool, choice, className, color, cssLength, icon, integer, step, text, url } from '../prop-values.ts'

export const Text = component({
  module: 'display',
  since: 'seed',
  doc: 'Plain text in one of a few roles.',
  props: {
    content: aliased(required(text('', 'text')), 'text'),
    variant: always(choice(['heading', 'subheading', 'body', 'caption', 'code', 'label'], 'body')),
    truncate: bool(false),
    className: className(),
  },
})

export const Header = component({
  module: 'display',
  since: 'seed',
  doc: 'A heading with an optional second line.',
  props: { text: required(text()), level: always(step([1, 2, 3, 4], 2)), subtitle: text() },
})

export const Icon = component({
  module: 'display',
  since: 'seed',
  doc: 'A Lucide icon by name, or an emoji.',
  props: { name: required(icon()), size: always(iconSize()), color: always(color()), className: className() },
})

export const Image = component({
  module: 'display',
  since: 'seed',
  doc: 'A picture, with an optional caption.',
  props: {
    src: required(url('image')),
    alt: text(),
    width: cssLength(),
    height: cssLength(),
    on_click: action(),
    object_fit: choice(['contain', 'cover', 'fill', 'none', 'scale-down'], ''),
    caption: text(),
  },
})

export const Code = component({
  module: 'display',
  since: 'seed',
  doc: 'Program text with a copy button.',
  props: { content: required(text('', 'treeBytes')), language: text(), line_numbers: always(bool(false)) },
})

export const Markdown = component({
  module: 'display',
  since: 'seed',
  doc: 'CommonMark with tables, task lists and callouts; HTML in it stays text.',
  props: { content: required(text('', 'treeBytes')) },
})

export const Divider = component({
  module: 'display',
  since: 'seed',
  doc: 'A hairline, with an optional word in it.',
  props: { label: text() },
})

export const Empty = component({
  module: 'display',
  since: 'seed',
  doc: 'Says that there is nothing, and what to do about it.',
  props: { message: always(text('No data')), icon: icon(), action: action(), action_label: text() },
})

export const Html = component({
  module: 'display',
  since: 'seed',
  doc: 'Foreign HTML, cleaned, by default in a frame that cannot run anything.',
  props: {
    content: required(text('', 'treeBytes')),
    sandbox: always(bool(true)),
    max_height: integer(0, 0, 3_000),
    theme: choice(['dark', 'light'], 'dark'),
  },
})
