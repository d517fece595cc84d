import { AGENCY_COLORS, type AgencyTheme, agencies } from '@imperal/contract/routes/agencies'
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { createStore } from './store.ts'

/** What a white-label agency makes of the shell: its name, its logos, and tokens. */
export interface Brand {
  readonly name: string
  readonly logo: string | null
  readonly logoDark: string | null
  readonly theme: AgencyTheme
}

const KEY = 'imperal.brand'
const HEX = /^#[0-9a-fA-F]{6}$/
const RADIUS = { sharp: '0', default: '1', rounded: '1.5' } as const

/** The agency of the signed-in person; null for everybody who has none. */
export const brand = createStore<Brand | null>(remembered())

function remembered(): Brand | null {
  try {
    const text = localStorage.getItem(KEY)
    return text === null ? null : (JSON.parse(text) as Brand) // written below
  } catch {
    return null // storage may be closed to this page, or hold something else
  }
}

/** The agency of the person as the server has it. */
export const agencyQuery = queryOptions({
  queryKey: ['agency'],
  queryFn: () => api.send(agencies.mine),
  staleTime: 5 * 60_000,
})

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** The brand that an answer of the server describes. */
export function brandOf(agency: Awaited<ReturnType<NonNullable<typeof agencyQuery.queryFn>>>): Brand {
  const { settings } = agency
  const logo = textOf(settings?.logo_url)
  return { name: agency.display_name, logo, logoDark: textOf(settings?.logo_dark_url) ?? logo, theme: agency.theme }
}

/** Paints the shell in a brand, or in its own colours again. What is malformed in a stored theme is left out (ui 4.15). */
export function wear(next: Brand | null): void {
  const { style, dataset } = document.documentElement
  for (const key of AGENCY_COLORS) {
    const pair = next?.theme.colors[key]
    if (pair && HEX.test(pair.light) && HEX.test(pair.dark))
      style.setProperty(`--${key}`, `light-dark(${pair.light}, ${pair.dark})`)
    else style.removeProperty(`--${key}`)
  }
  const factor = RADIUS[next?.theme.radius ?? 'default'] ?? '1'
  if (factor === '1') style.removeProperty('--radius-factor')
  else style.setProperty('--radius-factor', factor)
  const density = next?.theme.density
  if (density === 'compact' || density === 'spacious') dataset.density = density
  else delete dataset.density
  brand.set(next)
  try {
    // The next visit is painted right from the start.
    if (next === null) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // Without storage the colours come a moment later.
  }
}
