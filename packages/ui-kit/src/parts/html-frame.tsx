import type { UrlRules } from '@imperal/contract/ui'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { RemoteImages } from '../host/ui-host.ts'
import { say } from '../words.ts'
import { Button } from './button.tsx'
import { cleanHtml, hasRemoteImages } from './clean-html.ts'
import { type CleanHtml, trusted } from './trusted-html.ts'

export interface HtmlFrameProps {
  readonly content: string
  readonly sandbox?: boolean
  /** Pixels; 0 follows the content up to 3,000. */
  readonly maxHeight?: number
  /** `light` is a white sheet with dark ink in both themes, as mail expects. */
  readonly theme?: 'dark' | 'light'
  readonly title?: string
  readonly rules?: UrlRules
  /** Pictures from elsewhere; left open, a white sheet asks and everything else loads them. */
  readonly remoteImages?: RemoteImages | undefined
}

const HARD_CAP = 3_000
const MIN_HEIGHT = 40

/** Foreign HTML: cleaned, and by default in a frame where nothing can run. */
export function HtmlFrame({
  content,
  sandbox = true,
  maxHeight = 0,
  theme = 'dark',
  title = say('HTML content'),
  rules,
  remoteImages = theme === 'light' ? 'ask' : 'always',
}: HtmlFrameProps) {
  const [wanted, setWanted] = useState(false)
  const images = remoteImages === 'always' || (remoteImages === 'ask' && wanted)
  const [clean, isTracked] = useMemo(() => {
    if (typeof document === 'undefined') return ['' as CleanHtml, false]
    const options = { ...rules, inline: !sandbox }
    const whole = cleanHtml(content, options)
    // The frame has a policy for it; in the page itself only what is not there does not load.
    const shown = sandbox || images ? whole : cleanHtml(content, { ...options, withoutRemote: true })
    return [shown, hasRemoteImages(whole)]
  }, [content, sandbox, rules, images])
  return (
    <div className="im-html" data-theme-sheet={theme}>
      {isTracked && !images ? (
        <div className="im-html-bar">
          <span>{say('Pictures from elsewhere are not loaded.')}</span>
          {remoteImages === 'ask' ? (
            <Button size="sm" variant="ghost" onClick={() => setWanted(true)}>
              {say('Load images')}
            </Button>
          ) : null}
        </div>
      ) : null}
      {sandbox ? (
        <Frame html={clean} images={images} cap={maxHeight > 0 ? maxHeight : HARD_CAP} theme={theme} title={title} />
      ) : (
        <Inline html={clean} maxHeight={maxHeight} />
      )}
    </div>
  )
}

function Inline({ html, maxHeight }: { readonly html: CleanHtml; readonly maxHeight: number }) {
  const markup = useMemo(() => ({ __html: trusted(html) }), [html])
  return (
    <div
      className="im-html-inline"
      style={{ maxHeight: maxHeight || undefined }}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the one place for cleaned markup, reduced to an allow-list
      dangerouslySetInnerHTML={markup}
    />
  )
}

interface FrameProps {
  readonly html: CleanHtml
  readonly images: boolean
  readonly cap: number
  readonly theme: 'dark' | 'light'
  readonly title: string
}

function Frame({ html, images, cap, theme, title }: FrameProps) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(MIN_HEIGHT)
  const [loads, setLoads] = useState(0)
  const source = page(html, images, theme)
  const sheet = useMemo(() => trusted(source) as string, [source]) // React hands an object on as it is
  useEffect(() => {
    const element = frame.current
    const root = loads > 0 ? element?.contentDocument?.documentElement : undefined
    if (!element || !root) return
    const measure = () => setHeight(Math.min(cap, heightOf(element, root)))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(root)
    return () => observer.disconnect()
  }, [loads, cap])
  return (
    <iframe
      ref={frame}
      className="im-html-frame"
      title={title}
      // Same origin without scripts: the page may measure the frame, and nothing in the frame can run.
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      loading="lazy"
      srcDoc={sheet}
      style={{ height }}
      onLoad={() => setLoads((count) => count + 1)}
    />
  )
}

/** What the frame holds, at least MIN_HEIGHT. A document is never lower than its frame, so that is low for the moment. */
function heightOf(frame: HTMLIFrameElement, root: HTMLElement): number {
  const place = frame.parentElement ?? frame
  const { height } = frame.style
  const { overflow } = root.style
  place.style.minHeight = `${place.offsetHeight}px` // the pane around keeps its scroll position
  frame.style.height = `${MIN_HEIGHT}px`
  root.style.overflow = 'hidden' // a scroll bar would narrow the text
  const found = root.scrollHeight
  root.style.overflow = overflow
  frame.style.height = height
  place.style.minHeight = ''
  return found
}

function page(html: CleanHtml, images: boolean, theme: 'dark' | 'light'): CleanHtml {
  // A font tells as much as a picture.
  const from = images ? 'https: data:' : 'data:'
  const policy = `default-src 'none'; img-src ${from}; style-src 'unsafe-inline'; font-src ${from}; base-uri 'none'; form-action 'none'`
  const style = theme === 'light' ? LIGHT : `${themeVariables()} ${DARK}`
  return `<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="${policy}"><meta charset="utf-8"><style>${style}</style></head><body>${html}</body></html>` as CleanHtml // the rest is ours
}

const BASE =
  'html{overflow-x:auto}body{margin:0;font:14px/1.57 ui-sans-serif,system-ui,sans-serif;overflow-wrap:break-word}img,table{max-width:100%}img{height:auto}'
const LIGHT = `${BASE}html{color-scheme:light;background:#fff}body{color:#1b1a18;padding:1rem}a{color:#2453c4}`
const DARK = `${BASE}html{background:transparent}body{color:var(--text)}a{color:var(--primary)}hr{border:0;border-top:1px solid var(--border)}`

function themeVariables(): string {
  if (typeof document === 'undefined') return ''
  const style = getComputedStyle(document.documentElement)
  const values = ['text', 'primary', 'border'].map(
    (name) => `--${name}:${style.getPropertyValue(`--${name}`).replace(/[<>{};]/g, '')}`,
  )
  return `:root{color-scheme:${style.colorScheme === 'dark' ? 'dark' : 'light'};${values.join(';')}}`
}
