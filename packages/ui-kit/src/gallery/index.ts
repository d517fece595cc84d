import { DATA } from './data.ts'
import { DISPLAY } from './display.ts'
import type { Example, GalleryName } from './example.ts'
import { FEEDBACK } from './feedback.ts'
import { INPUT } from './input.ts'
import { INTERACTIVE } from './interactive.ts'
import { LAYOUT } from './layout.ts'

export { codeOf } from './code.ts'
export { type GalleryEntry, galleryEntries, MODULE_TITLES, type OptionDoc } from './entries.ts'
export type { Example, GalleryName, WireNode } from './example.ts'

/** Ways to use every component and builder, as they travel: what the gallery draws, and what tests draw. */
export const GALLERY: Readonly<Record<GalleryName, readonly Example[]>> = {
  ...LAYOUT,
  ...DISPLAY,
  ...INTERACTIVE,
  ...INPUT,
  ...DATA,
  ...FEEDBACK,
}
