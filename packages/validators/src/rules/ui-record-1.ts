import { type JsonValue, UiCommandWire, UiContextMenuWire, UiSettingWire } from '@imperal/contract'
import { defineRule } from '../define-rule.ts'

const KINDS = { commands: UiCommandWire, context_menus: UiContextMenuWire, settings: UiSettingWire } as const

const member = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined

/** What of a record no host would read; undefined when it is shown. */
function lacks(kind: keyof typeof KINDS, record: JsonValue): string | undefined {
  const { success, data, error } = KINDS[kind].safeParse(record)
  if (!success) return error.issues.map(({ path, message }) => `${path.join('.') || 'record'}: ${message}`).join('; ')
  const hasChoice = kind !== 'settings' || !('options' in data) || data.type !== 'select' || data.options.length > 0
  return hasChoice ? undefined : 'options: a select has some'
}

/** Own rule, beside sdk.md 2.17: hosts pass over records that they cannot read, so that an author would never know. */
export const uiRecord1 = defineRule({
  id: 'UI-RECORD-1',
  needs: 'manifest',
  severity: 'WARN',
  title: 'What an app adds to the shell can be shown',
  *check({ raw }) {
    const ui = member(raw.config_defaults, 'ui')
    for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
      const records = member(ui, kind)
      for (const [index, record] of (Array.isArray(records) ? records : []).entries()) {
        const problem = lacks(kind, record)
        if (problem === undefined) continue
        yield {
          message: `[config_defaults.ui.${kind}.${index}] cannot be shown as it is (${problem})`,
          fix: FIXES[kind],
          at: { registration: 'extension', option: 'configDefaults' },
        }
      }
    }
  },
})

const FIXES = {
  commands: "Write it as { id: 'add', title: 'Add a plant', handler: 'add_plant' }.",
  context_menus: "Write it as { slot: 'table.row', label: 'Water it', handler: 'water_plant' }.",
  settings:
    "Write it as { id: 'unit', type: 'select', label: 'Unit', options: [{ value: 'kg', label: 'Kilograms' }] }.",
} as const
