import type { JsonValue } from '@imperal/contract'
import { canonicalJson } from '../json.ts'
import type { NumberFormat } from './scan.ts'
import type { Absent } from './scope.ts'
import { ABSENT } from './scope.ts'

/** A value as text between other texts (ir 6.5). Escaping is the business of whoever shows it. */
export function textOf(value: JsonValue | Absent): string {
  if (value === ABSENT || value === null) return ''
  if (typeof value === 'string') return value
  return typeof value === 'object' ? canonicalJson(value) : String(value)
}

/** Length of a list, keys of an object, characters of a text; nothing counts as none. Null: not countable. */
export function countOf(value: JsonValue | Absent): number {
  if (value === ABSENT || value === null) return 0
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  return typeof value === 'object' ? Object.keys(value).length : 0
}

function groupThousands(digits: string): string {
  const head = digits.length % 3
  const groups = head === 0 ? [] : [digits.slice(0, head)]
  for (let at = head; at < digits.length; at += 3) groups.push(digits.slice(at, at + 3))
  return groups.join(',')
}

/** A number as `,.2f` and its like say; `%` multiplies by a hundred. */
export function formatNumber(value: number, { thousands, decimals, kind }: NumberFormat): string {
  const scaled = kind === '%' ? value * 100 : value
  const places = kind === 'd' ? 0 : (decimals ?? (kind === '%' ? 0 : null))
  // Beyond 1e21 toFixed answers in exponents, as the plain form does.
  const plain = places === null ? String(Math.abs(scaled)) : Math.abs(scaled).toFixed(places)
  const sign = scaled < 0 && /[1-9]/.test(plain) ? '-' : ''
  const [whole = '', fraction] = plain.split('.')
  const shown = thousands && /^\d+$/.test(whole) ? groupThousands(whole) : whole
  return `${sign}${shown}${fraction === undefined ? '' : `.${fraction}`}${kind === '%' ? '%' : ''}`
}
