import { PANEL_SLOTS } from '@imperal/contract'
import { defineRule } from '../define-rule.ts'
import { literalText } from '../source/literals.ts'
import { optionOf, registrationsOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

const SLOTS: ReadonlySet<string> = new Set(PANEL_SLOTS)

export const panelSlot1 = defineRule({
  id: 'PANEL-SLOT-1',
  needs: 'source',
  severity: 'ERROR',
  title: 'A panel has a slot that exists',
  *check({ source }) {
    for (const { registration, name, options } of registrationsOf(source)) {
      const option = registration === 'panel' ? optionOf(options, 'slot') : undefined
      const slot = literalText(option)
      if (option === undefined || slot === undefined || SLOTS.has(slot)) continue
      const gone = slot === 'main' ? "; 'main' is gone" : ''
      yield {
        message: `Panel '${name ?? '?'}' has the slot '${slot}'${gone}. There are ${PANEL_SLOTS.join(', ')}`,
        fix: "Use slot: 'center'.",
        at: placeOf(option.file, option.property),
      }
    }
  },
})
