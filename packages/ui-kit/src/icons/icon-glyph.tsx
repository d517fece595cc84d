import type { LucideIcon } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { CURATED } from './curated.ts'

type Find = (name: string) => LucideIcon | null

/** Icons outside of the first load, as one chunk that arrives when a name is first looked for. */
class IconChunk {
  #find: Find | null = null
  #state: 'idle' | 'loading' | 'failed' | 'ready' = 'idle'
  readonly #read: () => Promise<Find>
  readonly #listeners = new Set<() => void>()

  constructor(read: () => Promise<Find>) {
    this.#read = read
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly snapshot = () => this.#state
  find(name: string): LucideIcon | null {
    return this.#find?.(name) ?? null
  }
  load(): void {
    if (this.#state === 'loading' || this.#state === 'ready') return
    this.#set('loading')
    this.#read().then(
      (find) => {
        this.#find = find
        this.#set('ready')
      },
      // Offline or redeployed: text stays readable without the glyph, and the next mount tries again.
      () => this.#set('failed'),
    )
  }
  #set(state: 'loading' | 'failed' | 'ready'): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

const named = (icons: Readonly<Record<string, LucideIcon>>, name: string): LucideIcon | null =>
  Object.hasOwn(icons, name) ? (icons[name] ?? null) : null
const usualIcons = new IconChunk(async () => {
  const { USUAL } = await import('./usual.ts')
  return (name) => named(USUAL, name)
})
const commonIcons = new IconChunk(async () => {
  const { COMMON } = await import('./common.ts')
  return (name) => named(COMMON, name)
})
const allIcons = new IconChunk(async () => (await import('./all.ts')).findIcon)

/** PascalCase of a name in any usual spelling: `folder-open`, `folder_open`, `FolderOpen`. */
export function iconName(raw: string): string {
  return raw.replace(/(?:^|[-_\s]+)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** Words for a control that has an icon and no label: `RefreshCw` reads "Refresh cw". */
export function humanIconName(raw: string): string {
  const words = iconName(raw).replace(/([a-z0-9])([A-Z])/g, '$1 $2')
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase()
}

/** Icons that point along the text: they turn round where it runs from right to left. */
const DIRECTIONAL =
  /^(?:Arrow|Chevron|Chevrons|Corner\w*|Panel|Move|Skip\w*|Undo|Redo|LogOut|LogIn|Send|Reply|ExternalLink|ListOrdered|List)(?:Left|Right|Forward|Back|UpRight|DownLeft|\d)?$/

function strokeFor(size: number): number {
  if (size >= 20) return 1.6
  if (size >= 16) return 1.75
  return size >= 14 ? 1.9 : 2.1
}

export interface IconGlyphProps {
  readonly name: string
  /** Pixels, 16 by default. */
  readonly size?: number
  readonly className?: string
  readonly color?: string
  /** Draws a neutral square for an unknown name; otherwise nothing is drawn. */
  readonly placeholder?: boolean
}

/** A Lucide icon by name, or an emoji; always decorative. */
export function IconGlyph({ name, size = 16, className = '', color, placeholder = false }: IconGlyphProps) {
  const text = [...name].some((character) => (character.codePointAt(0) ?? 0) > 127)
  const pascal = iconName(name)
  const known = named(CURATED, pascal)
  const Lucide = useLazyIcon(pascal, !text && known === null && name !== '') ?? known
  const style = { width: size, height: size, ...(color === undefined ? {} : { color }) }
  if (text) {
    return (
      <span aria-hidden className={`im-emoji ${className}`} style={{ ...style, fontSize: size * 0.9 }}>
        {name}
      </span>
    )
  }
  if (Lucide === null)
    return placeholder ? <span aria-hidden className={`im-icon-none ${className}`} style={style} /> : null
  return (
    <Lucide
      aria-hidden
      focusable={false}
      className={`im-icon ${className}`}
      data-directional={DIRECTIONAL.test(pascal) ? '' : undefined}
      size={size}
      strokeWidth={strokeFor(size)}
      style={style}
    />
  )
}

/** An icon that is not in the first load: from the small chunks, else from the whole set. */
function useLazyIcon(name: string, wanted: boolean): LucideIcon | null {
  const usual = useChunk(usualIcons, name, wanted)
  const common = useChunk(commonIcons, name, usual.isMissing)
  const all = useChunk(allIcons, name, common.isMissing)
  return usual.icon ?? common.icon ?? all.icon
}

/** The icon of this name once the chunk is there, or that the chunk does not have it. */
function useChunk(chunk: IconChunk, name: string, wanted: boolean) {
  const state = useSyncExternalStore(chunk.subscribe, chunk.snapshot, chunk.snapshot)
  const [asked, setAsked] = useState(false)
  useEffect(() => {
    if (!wanted || asked) return
    setAsked(true)
    chunk.load()
  }, [chunk, wanted, asked])
  const icon = wanted && state === 'ready' ? chunk.find(name) : null
  return { icon, isMissing: wanted && state === 'ready' && icon === null }
}
