import type { AgencyTheme } from '@imperal/contract'

/** The panel's own colours, where an agency sets only one of the two. */
const OWN = {
  primary: { light: '#2453c4', dark: '#6f9bff' },
  'surface-0': { light: '#ffffff', dark: '#121211' },
} as const

/** WCAG AA for text. */
const LEAST = 4.5

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Contrast of two colours as WCAG counts it, 1 to 21. */
export function contrastOf(left: string, right: string): number {
  const [dark = 0, light = 0] = [luminance(left), luminance(right)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** The mode in which `primary` cannot be read on `surface-0`, with its contrast; null when both can. */
export function leastContrast(colors: AgencyTheme['colors']): { mode: 'light' | 'dark'; ratio: number } | null {
  for (const mode of ['light', 'dark'] as const) {
    const primary = colors.primary?.[mode] ?? OWN.primary[mode]
    const ground = colors['surface-0']?.[mode] ?? OWN['surface-0'][mode]
    const ratio = contrastOf(primary, ground)
    if (ratio < LEAST) return { mode, ratio: Math.floor(ratio * 100) / 100 }
  }
  return null
}
