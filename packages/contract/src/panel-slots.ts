/** Where a panel may be declared to stand. */
export const PANEL_SLOTS = ['center', 'left', 'right', 'overlay', 'bottom', 'chat-sidebar'] as const

/**
 * What a host does with a panel of each slot (sdk 2.7, I-PANEL-RENDERING-CONTRACT): a column that stays, the middle on
 * demand, or nothing yet. A slot without a line does not compile.
 */
export const PANEL_SLOT_STATUS: Readonly<Record<(typeof PANEL_SLOTS)[number], 'column' | 'on demand' | 'reserved'>> = {
  left: 'column',
  right: 'column',
  center: 'on demand',
  overlay: 'reserved',
  bottom: 'reserved',
  'chat-sidebar': 'reserved',
}
