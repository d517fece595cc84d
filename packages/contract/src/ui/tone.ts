/** Colour roles that a tree may ask for; the theme decides what they look like (ui 2.0.3). */
export const UI_TONES = ['primary', 'success', 'danger', 'warning', 'orange', 'accent', 'info', 'neutral'] as const
export type UiTone = (typeof UI_TONES)[number]

/** Every accepted spelling, and the role it means. */
export const UI_TONE_NAMES: Readonly<Record<string, UiTone>> = {
  blue: 'primary',
  primary: 'primary',
  green: 'success',
  success: 'success',
  red: 'danger',
  danger: 'danger',
  yellow: 'warning',
  amber: 'warning',
  warning: 'warning',
  orange: 'orange',
  purple: 'accent',
  accent: 'accent',
  cyan: 'info',
  info: 'info',
  gray: 'neutral',
  neutral: 'neutral',
  '': 'neutral',
}

/** The role behind a colour name, `neutral` for anything unknown. */
export function toneOf(name: string): UiTone {
  return Object.hasOwn(UI_TONE_NAMES, name) ? (UI_TONE_NAMES[name] ?? 'neutral') : 'neutral'
}
