const PLAIN = new Intl.NumberFormat('en')
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** 1,234 */
export const count = (value: number): string => PLAIN.format(value)
/** 1,234 up to ten thousand, then 12.4k. */
export const shortCount = (value: number): string =>
  value < 10_000 ? PLAIN.format(value) : SHORT.format(value).toLowerCase()
/** "1 app", "3 apps" */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`
/** 142 ms, 2.4 s */
export const duration = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
