import { always, builder, required, sparse } from './emit.ts'
import type { Action, Icon as IconName, NodeMeta, Tone, UINode } from './types.ts'

const text = builder('Text', {
  content: required('content'),
  variant: always('variant', 'body', { choices: ['heading', 'body', 'caption', 'code'] }),
  truncate: sparse('truncate', false),
  className: sparse('className', ''),
})

export type TextOptions = NodeMeta & {
  readonly variant?: 'heading' | 'body' | 'caption' | 'code'
  readonly truncate?: boolean
  readonly className?: string
}

/** Plain text; markup in it is shown as it is. */
export function Text(content: string, options: TextOptions = {}): UINode {
  return text({ ...options, content })
}

const header = builder('Header', {
  text: required('text'),
  level: always('level', 2, { choices: [1, 2, 3, 4] }),
  subtitle: sparse('subtitle', ''),
})

/** A heading with an optional second line. */
export function Header(
  content: string,
  options: NodeMeta & { readonly level?: 1 | 2 | 3 | 4; readonly subtitle?: string } = {},
): UINode {
  return header({ ...options, text: content })
}

const icon = builder('Icon', {
  name: required('name'),
  size: always('size', 16),
  color: always('color', ''),
  className: sparse('className', ''),
})

export type IconOptions = NodeMeta & {
  readonly size?: number | 'xs' | 'sm' | 'md' | 'lg' | 'xl' | '2xl'
  readonly color?: Tone | (string & {})
  readonly className?: string
}

/** A Lucide icon by name, or an emoji. */
export function Icon(name: IconName, options: IconOptions = {}): UINode {
  return icon({ ...options, name })
}

const image = builder('Image', {
  src: required('src'),
  alt: sparse('alt', ''),
  width: sparse('width', '', { map: String }),
  height: sparse('height', '', { map: String }),
  onClick: sparse('on_click'),
  objectFit: sparse('object_fit', '', { choices: ['', 'contain', 'cover', 'fill', 'none', 'scale-down'] }),
  caption: sparse('caption', ''),
})

export type ImageOptions = NodeMeta & {
  readonly alt?: string
  readonly width?: string | number
  readonly height?: string | number
  readonly onClick?: Action
  readonly objectFit?: 'contain' | 'cover' | 'fill' | 'none' | 'scale-down'
  readonly caption?: string
}

/** A picture by https URL, path of the platform, or `data:image/...`. */
export function Image(src: string, options: ImageOptions = {}): UINode {
  return image({ ...options, src })
}

const code = builder('Code', {
  content: required('content'),
  language: sparse('language', ''),
  lineNumbers: always('line_numbers', false),
})

/** Program text with a copy button. */
export function Code(
  content: string,
  options: NodeMeta & { readonly language?: string; readonly lineNumbers?: boolean } = {},
): UINode {
  return code({ ...options, content })
}

const markdown = builder('Markdown', { content: required('content') })

/** CommonMark with tables, task lists and callouts. */
export function Markdown(content: string, options: NodeMeta = {}): UINode {
  return markdown({ ...options, content })
}

const divider = builder('Divider', { label: sparse('label', '') })

/** A hairline, with an optional word in it. */
export function Divider(options: string | (NodeMeta & { readonly label?: string }) = {}): UINode {
  return divider(typeof options === 'string' ? { label: options } : options)
}

const empty = builder('Empty', {
  message: always('message', 'No data'),
  icon: sparse('icon', ''),
  action: sparse('action'),
  actionLabel: sparse('action_label', ''),
})

export type EmptyOptions = NodeMeta & {
  readonly icon?: IconName
  readonly action?: Action
  readonly actionLabel?: string
}

/** Says that there is nothing, and what to do about it. A side panel whose root this is leaves its slot free. */
export function Empty(
  message?: string | (EmptyOptions & { readonly message?: string }),
  options: EmptyOptions = {},
): UINode {
  return empty(typeof message === 'object' ? message : { ...options, ...(message === undefined ? {} : { message }) })
}

const html = builder('Html', {
  content: required('content'),
  sandbox: always('sandbox', true),
  maxHeight: sparse('max_height', 0),
  theme: sparse('theme', 'dark', { choices: ['dark', 'light'] }),
})

export type HtmlOptions = NodeMeta & {
  readonly sandbox?: boolean
  readonly maxHeight?: number
  readonly theme?: 'dark' | 'light'
}

/** Foreign HTML, cleaned; `theme: 'light'` draws it as a white sheet, as mail expects. */
export function Html(content: string, options: HtmlOptions = {}): UINode {
  return html({ ...options, content })
}
