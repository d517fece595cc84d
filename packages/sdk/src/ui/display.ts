import { builder } from './emit.ts'
import {
  type AudioOptions,
  type CodeOptions,
  type DividerOptions,
  type EmptyOptions,
  type HeaderOptions,
  type HtmlOptions,
  type IconOptions,
  type ImageOptions,
  TABLE,
  type TextOptions,
  type VideoOptions,
} from './table.ts'
import type { Icon as IconName, NodeMeta, UINode } from './types.ts'

const text = builder('Text', TABLE.Text)

/** Plain text; markup in it is shown as it is. */
export function Text(content: string, options: TextOptions = {}): UINode {
  return text({ ...options, content })
}

const header = builder('Header', TABLE.Header)

/** A heading with an optional second line. */
export function Header(content: string, options: HeaderOptions = {}): UINode {
  return header({ ...options, text: content })
}

const icon = builder('Icon', TABLE.Icon)

/** A Lucide icon by name, or an emoji. */
export function Icon(name: IconName, options: IconOptions = {}): UINode {
  return icon({ ...options, name })
}

const image = builder('Image', TABLE.Image)

/** A picture by https URL, path of the platform, or `data:image/...`. */
export function Image(src: string, options: ImageOptions = {}): UINode {
  return image({ ...options, src })
}

const code = builder('Code', TABLE.Code)

/** Program text with a copy button. */
export function Code(content: string, options: CodeOptions = {}): UINode {
  return code({ ...options, content })
}

const markdown = builder('Markdown', TABLE.Markdown)

/** CommonMark with tables, task lists and callouts. */
export function Markdown(content: string, options: NodeMeta = {}): UINode {
  return markdown({ ...options, content })
}

const divider = builder('Divider', TABLE.Divider)

/** A hairline, with an optional word in it. */
export function Divider(options: string | DividerOptions = {}): UINode {
  return divider(typeof options === 'string' ? { label: options } : options)
}

const empty = builder('Empty', TABLE.Empty)

/** Says that there is nothing, and what to do about it. A side panel whose root this is leaves its slot free. */
export function Empty(
  message?: string | (EmptyOptions & { readonly message?: string }),
  options: EmptyOptions = {},
): UINode {
  return empty(typeof message === 'object' ? message : { ...options, ...(message === undefined ? {} : { message }) })
}

const html = builder('Html', TABLE.Html)

/** Foreign HTML, cleaned; `theme: 'light'` draws it as a white sheet, as mail expects. */
export function Html(content: string, options: HtmlOptions = {}): UINode {
  return html({ ...options, content })
}

const video = builder('Video', TABLE.Video)

/** A film by https URL or path of the platform; HLS streams play everywhere. */
export function Video(src: string, options: VideoOptions = {}): UINode {
  return video({ ...options, src })
}

const audio = builder('Audio', TABLE.Audio)

/** A recording by https URL or path of the platform. */
export function Audio(src: string, options: AudioOptions = {}): UINode {
  return audio({ ...options, src })
}
