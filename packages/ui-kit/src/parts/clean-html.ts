import { safeUrl, type UrlRules } from '@imperal/contract/ui'
import DOMPurify, { type Config } from 'dompurify'
import { say } from '../words.ts'
import { strangeHost } from './link-host.ts'
import { type CleanHtml, cleanWith, READING } from './trusted-html.ts'

const FORBIDDEN_TAGS = [
  'script',
  'object',
  'embed',
  'iframe',
  'form',
  'input',
  'button',
  'base',
  'meta',
  'link',
  'textarea',
  'select',
  'dialog',
]
const FOREIGN = [
  'svg',
  'math',
  'template',
  'noscript',
  'frame',
  'frameset',
  'applet',
  'audio',
  'video',
  'source',
  'track',
  'portal',
]
const FORBIDDEN_ATTRIBUTES = ['srcdoc', 'formaction', 'ping', 'srcset', 'autofocus', 'contenteditable']
const INLINE_STYLES = new Set(
  'color background-color font-size font-weight font-style text-align text-decoration line-height padding padding-top padding-right padding-bottom padding-left margin margin-top margin-right margin-bottom margin-left border border-color border-width border-style border-radius width max-width height vertical-align white-space list-style-type'.split(
    ' ',
  ),
)

export interface CleanOptions extends UrlRules {
  /** The markup stands in the page itself: no style sheets, ids, classes or positioned styles. */
  readonly inline: boolean
  /** Pictures from elsewhere are left out. */
  readonly withoutRemote?: boolean
  /** The editor's mark on what it copied itself stays: it tells how deep in lists and quotes that was. */
  readonly copied?: boolean
}

const COPIED = 'data-pm-slice'

/** Foreign HTML without anything that runs, loads in secret or reaches outside (ui 4.11). Needs a DOM. */
export function cleanHtml(source: string, options: CleanOptions): CleanHtml {
  const config: Config = {
    USE_PROFILES: { html: true },
    FORBID_TAGS: forbiddenTags(options),
    FORBID_ATTR: forbiddenAttributes(options),
    ALLOW_DATA_ATTR: false,
    ADD_ATTR: ['target', 'rel', ...(options.copied ? [COPIED] : [])],
    FORCE_BODY: true,
    RETURN_DOM_FRAGMENT: true,
    TRUSTED_TYPES_POLICY: READING as unknown as NonNullable<Config['TRUSTED_TYPES_POLICY']>, // of a policy it asks for these two functions only
  }
  const fragment = DOMPurify.sanitize(source, config) as unknown as DocumentFragment // what RETURN_DOM_FRAGMENT asks for
  for (const element of fragment.querySelectorAll('*')) tidy(element, options)
  // Of the document without a window in which it was parsed: taken into this one, its pictures would be fetched.
  const holder = fragment.ownerDocument.createElement('div')
  holder.append(fragment)
  return holder.innerHTML as CleanHtml // this is where it is made
}

// Of markup that a library puts together nothing is known: it is cleaned as if it stood in the page itself.
cleanWith((html) => cleanHtml(html, { inline: true, copied: true }))

function forbiddenTags({ inline }: CleanOptions): string[] {
  return [...FORBIDDEN_TAGS, ...FOREIGN, ...(inline ? ['style'] : [])]
}

function forbiddenAttributes({ inline }: CleanOptions): string[] {
  return inline ? [...FORBIDDEN_ATTRIBUTES, 'id', 'name', 'class'] : FORBIDDEN_ATTRIBUTES
}

/** A second, independent look at every element: the library is trusted, and checked. */
function tidy(element: Element, options: CleanOptions): void {
  if (forbiddenTags(options).includes(element.localName)) {
    element.remove()
    return
  }
  for (const { name } of [...element.attributes]) {
    const forbidden = /^on|:|^data-/i.test(name) || forbiddenAttributes(options).includes(name.toLowerCase())
    if (forbidden && !(options.copied && name === COPIED)) element.removeAttribute(name)
  }
  if (element.tagName === 'A') {
    const href = safeUrl(element.getAttribute('href') ?? '', 'link', options)
    if (href === null) element.removeAttribute('href')
    else element.setAttribute('href', href)
    const host = strangeHost(element.textContent ?? '', href ?? '')
    if (host !== '') element.setAttribute('title', say('Leads to {host}', { host }))
    element.setAttribute('target', '_blank')
    element.setAttribute('rel', 'noopener noreferrer')
  }
  if (element.hasAttribute('src') && safeUrl(element.getAttribute('src') ?? '', 'image', options) === null)
    element.remove()
  if (options.withoutRemote && /^https?:/i.test(element.getAttribute('src') ?? '')) element.removeAttribute('src')
  if (element.hasAttribute('background')) element.removeAttribute('background')
  if (options.inline && element.hasAttribute('style'))
    element.setAttribute('style', inlineStyle(element.getAttribute('style') ?? ''))
}

function inlineStyle(style: string): string {
  const kept = style.split(';').filter((rule) => {
    const [name = '', value = ''] = rule.split(':')
    return INLINE_STYLES.has(name.trim().toLowerCase()) && !/url\(|expression|@|\/\*/i.test(value)
  })
  return kept.join(';')
}

/** True when the markup loads pictures from elsewhere, which tells their server that it was read. */
export function hasRemoteImages(html: string): boolean {
  return /(?:src=|url\()\s*["']?https?:/i.test(html)
}
