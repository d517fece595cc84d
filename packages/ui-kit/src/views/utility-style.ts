import type { CSSProperties } from 'react'

const SPACING: Readonly<Record<string, keyof CSSProperties>> = {
  p: 'padding',
  px: 'paddingInline',
  py: 'paddingBlock',
  pt: 'paddingTop',
  pr: 'paddingRight',
  pb: 'paddingBottom',
  pl: 'paddingLeft',
  ps: 'paddingInlineStart',
  pe: 'paddingInlineEnd',
  m: 'margin',
  mx: 'marginInline',
  my: 'marginBlock',
  mt: 'marginTop',
  mr: 'marginRight',
  mb: 'marginBottom',
  ml: 'marginLeft',
  ms: 'marginInlineStart',
  me: 'marginInlineEnd',
  gap: 'gap',
  'gap-x': 'columnGap',
  'gap-y': 'rowGap',
}
const ENDS: Readonly<Record<string, string>> = {
  start: 'flex-start',
  center: 'center',
  end: 'flex-end',
  stretch: 'stretch',
  baseline: 'baseline',
  between: 'space-between',
  around: 'space-around',
}
const WIDTHS: Readonly<Record<string, string>> = {
  xs: '20rem',
  sm: '24rem',
  md: '28rem',
  lg: '32rem',
  xl: '36rem',
  '2xl': '42rem',
  '3xl': '48rem',
  full: '100%',
  prose: '65ch',
}
const FIXED: Readonly<Record<string, CSSProperties>> = {
  'w-full': { width: '100%' },
  'h-full': { height: '100%' },
  'min-h-full': { minHeight: '100%' },
  'min-w-0': { minWidth: 0 },
  'flex-1': { flex: '1 1 0%' },
  'shrink-0': { flexShrink: 0 },
  truncate: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
}

export interface Utilities {
  readonly className: string
  readonly style: CSSProperties
}

/** The style that a checked `className` stands for; names that depend on the window stay class names. */
export function utilityStyle(className: string | undefined): Utilities {
  const names = (className ?? '').split(' ').filter((name) => name !== '')
  const visibility = names.filter((name) => /^(?:(?:sm|md|lg):)?(?:hidden|block|flex)$/.test(name))
  const style = Object.assign({}, ...names.map(styleOf)) as CSSProperties // each part is one
  return { className: visibility.length > 0 ? `im-u ${visibility.join(' ')}` : '', style }
}

function styleOf(name: string): CSSProperties {
  const fixed = FIXED[name]
  if (fixed !== undefined) return fixed
  const at = name.lastIndexOf('-')
  const [head, tail] = [name.slice(0, at), name.slice(at + 1)]
  const spacing = SPACING[head]
  if (spacing !== undefined) return { [spacing]: tail === 'auto' ? 'auto' : `${Number(tail) * 0.25}rem` }
  if (head === 'max-w') return { maxWidth: WIDTHS[tail] ?? '100%' }
  if (head === 'items') return { alignItems: ENDS[tail] ?? 'stretch' }
  if (head === 'self') return { alignSelf: ENDS[tail] ?? 'auto' }
  if (head === 'justify') return { justifyContent: ENDS[tail] ?? 'flex-start' }
  return head === 'text' ? { textAlign: tail as 'left' } : {} // left, center or right by the table's own check
}
