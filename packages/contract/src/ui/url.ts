import { UI_LIMITS } from './limits.ts'

/** Where a URL of a tree is used; each place has its own list of schemes (ui 6.3). */
export type UrlPlace = 'link' | 'open' | 'navigate' | 'image' | 'media'

export interface UrlRules {
  /** Allows `http://localhost` for Open. */
  readonly development?: boolean | undefined
  /** Prefixes below `/v1/` that serve public files and may be shown or linked. */
  readonly publicPaths?: readonly string[] | undefined
}

const SCHEMES: Readonly<Record<UrlPlace, readonly string[]>> = {
  link: ['https:', 'http:', 'mailto:', 'tel:'],
  open: ['https:'],
  navigate: [],
  image: ['https:'],
  media: ['https:'],
}
const DATA_IMAGE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]*$/
const DATA_IMAGE_MAX = 262_144
const SHELL = 'https://shell.invalid'

/** The URL in the form in which it may be used at this place, or null when it is refused. */
export function safeUrl(raw: string, place: UrlPlace, rules: UrlRules = {}): string | null {
  // Browsers skip these characters when they read a scheme, so "java\nscript:" must be judged without them.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  const url = raw.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '').trim()
  if (url === '') return null
  if (place === 'image' && url.startsWith('data:')) return dataImage(url)
  if (url.length > UI_LIMITS.url) return null
  if (url.startsWith('/')) return safePath(url, place, rules)
  if (url.startsWith('#')) return place === 'link' ? url : null
  return absolute(url, place, rules)
}

function dataImage(url: string): string | null {
  return url.length <= DATA_IMAGE_MAX && DATA_IMAGE.test(url) ? url : null
}

function safePath(url: string, place: UrlPlace, rules: UrlRules): string | null {
  if (url.startsWith('//') || url.includes('\\')) return null
  const parsed = parse(url, SHELL)
  if (parsed === null || parsed.origin !== SHELL) return null
  // The resolved path is judged, so that "/x/../v1/secrets" is seen as what it is.
  const path = parsed.pathname
  if (path.startsWith('//')) return null
  const api = path === '/v1' || path.startsWith('/v1/')
  if (api && place !== 'open' && !(rules.publicPaths ?? []).some((prefix) => path.startsWith(prefix))) return null
  return `${path}${parsed.search}${parsed.hash}`
}

function absolute(url: string, place: UrlPlace, rules: UrlRules): string | null {
  const parsed = parse(url)
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return null
  if (SCHEMES[place].includes(parsed.protocol)) return parsed.href
  const local = parsed.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(parsed.hostname)
  return place === 'open' && rules.development === true && local ? parsed.href : null
}

function parse(url: string, base?: string): URL | null {
  return URL.canParse(url, base) ? new URL(url, base) : null
}
