import type { UiTone } from '@imperal/contract/ui'
import { type CSSProperties, type ReactNode, useState } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { classes } from './class-names.ts'

export interface BadgeProps {
  readonly children: ReactNode
  readonly tone?: UiTone
  readonly size?: 'sm' | 'md' | 'lg'
  readonly dot?: boolean
}

/** A word or number that marks a state. */
export function Badge({ children, tone = 'neutral', size = 'md', dot = false }: BadgeProps) {
  return (
    <span className={classes('im-badge', `im-${size}`)} data-tone={tone}>
      {dot ? <span aria-hidden className="im-dot" /> : null}
      {children}
    </span>
  )
}

export interface AvatarProps {
  readonly name?: string
  readonly fallback?: string
  readonly src?: string
  /** Pixels: 24, 32, 40 or 56 in trees. */
  readonly size?: number
  readonly shape?: 'circle' | 'square'
}

/** A picture, or initials on a colour made from the name. */
export function Avatar({ name = '', fallback = '?', src = '', size = 32, shape = 'circle' }: AvatarProps) {
  const [failed, setFailed] = useState('')
  const label = name || fallback
  const frame = { width: size, height: size, fontSize: Math.max(9, Math.round(size * 0.38)) }
  if (src !== '' && failed !== src) {
    return (
      <img
        className={classes('im-avatar', `im-${shape}`)}
        style={frame}
        src={src}
        alt={label}
        loading="lazy"
        decoding="async"
        referrerPolicy="no-referrer"
        onError={() => setFailed(src)}
      />
    )
  }
  return (
    <span
      role="img"
      aria-label={label}
      className={classes('im-avatar', `im-${shape}`)}
      data-hue={hueOf(label)}
      style={frame}
    >
      {initials(label)}
    </span>
  )
}

/** The style that gives a tile the colour that its app declares; empty for anything but `#rrggbb` (ui 5.11). */
export const accentOf = (accent: string): CSSProperties =>
  /^#[0-9a-fA-F]{6}$/.test(accent) ? ({ '--hue': accent } as CSSProperties) : {}

/** The letters that stand for a name on its avatar. */
export function initials(label: string): string {
  const words = label.trim().split(/\s+/)
  const first = [...(words[0] ?? '')]
  const last = words.length > 1 ? [...(words.at(-1) ?? '')] : []
  return (last.length > 0 ? `${first[0] ?? ''}${last[0] ?? ''}` : first.slice(0, 2).join('')).toUpperCase()
}

/** One of eight hues, always the same for the same text. */
export function hueOf(text: string): number {
  let hash = 0
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9_973
  return (hash % 8) + 1
}

/** The tile of an app: its icon, or its first letters, on its own hue. */
export function AppTile({
  appId,
  name,
  icon = '',
  size = 20,
  accent = '',
}: {
  readonly appId: string
  readonly name: string
  readonly icon?: string
  readonly size?: number
  /** A colour such as `#2453c4` in the place of the app's hue. */
  readonly accent?: string
}) {
  const glyph = Math.round(size * 0.58)
  return (
    <span
      aria-hidden
      className="im-app-tile"
      data-hue={hueOf(appId)}
      style={{ width: size, height: size, fontSize: Math.max(9, size * 0.4), ...accentOf(accent) }}
    >
      {icon === '' ? initials(name || appId) : <IconGlyph name={icon} size={glyph} placeholder />}
    </span>
  )
}

export interface CardProps {
  readonly title?: ReactNode
  readonly subtitle?: ReactNode
  readonly footer?: ReactNode
  readonly children?: ReactNode
  readonly border?: boolean
  readonly padding?: 'none' | 'sm' | 'md' | 'lg'
}

/** A framed thing with a name. */
export function Card({ title, subtitle, footer, children, border = true, padding = 'md' }: CardProps) {
  return (
    <div className={classes('im-card', border && 'im-bordered')} data-padding={padding}>
      <CardHead title={title} subtitle={subtitle} />
      {children === undefined ? null : <div className="im-card-body">{children}</div>}
      {footer === undefined ? null : <div className="im-card-foot">{footer}</div>}
    </div>
  )
}

/** Title and second line of a card, or nothing. */
export function CardHead({ title, subtitle }: { readonly title?: ReactNode; readonly subtitle?: ReactNode }) {
  if (!title && !subtitle) return null
  return (
    <div className="im-card-head">
      {title ? (
        <h3 className="im-card-title" dir="auto">
          {title}
        </h3>
      ) : null}
      {subtitle ? (
        <p className="im-card-subtitle" dir="auto">
          {subtitle}
        </p>
      ) : null}
    </div>
  )
}

/** A bar that fills, with its meaning for those who do not see it. `value` is a percentage. */
export function ProgressBar({
  value,
  label,
  tone = 'primary',
  size = 'md',
}: {
  readonly value: number
  readonly label: string
  readonly tone?: UiTone
  readonly size?: 'sm' | 'md' | 'lg'
}) {
  const percent = Math.min(100, Math.max(0, Number.isFinite(value) ? value : 0))
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      className={classes('im-progress', `im-${size}`)}
      data-tone={tone}
    >
      <span style={{ transform: `scaleX(${percent / 100})` }} />
    </div>
  )
}
