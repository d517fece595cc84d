import type { AppSettings, JsonObject, JsonValue, UiSettingWire } from '@imperal/contract'

/** Properties of one group lie below its name; those without a group lie at the root. */
const groupKey = (group: string) => `group:${group}`

function propertyOf(setting: UiSettingWire, words: { readonly everybody: string }): JsonObject {
  const { type, label, min, max, options, placeholder } = setting
  const description = [setting.description, setting.admin_only ? words.everybody : ''].filter(Boolean).join(' ')
  const about = { title: label, description, ...(placeholder === '' ? {} : { examples: [placeholder] }) }
  switch (type) {
    case 'number':
      return {
        ...about,
        type: 'number',
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
      }
    case 'boolean':
      return { ...about, type: 'boolean' }
    case 'select':
      return { ...about, oneOf: options.map((one) => ({ const: one.value, title: one.label || one.value })) }
    case 'list':
      return { ...about, type: 'array', items: { type: 'string' } }
    case 'color':
      return { ...about, type: 'string', format: 'color' }
    case 'json':
      return about
    default:
      return { ...about, type: 'string' }
  }
}

/** Settings with a field in the form: what the organisation fixed and what is a secret has none. */
const editable = ({ settings, fixed }: AppSettings): readonly UiSettingWire[] =>
  settings.filter((one) => one.type !== 'secret' && !fixed.includes(one.id))

function objectOf(settings: readonly UiSettingWire[], words: { readonly everybody: string }): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(settings.map((one) => [one.id, propertyOf(one, words)])),
    required: settings.filter((one) => one.required).map((one) => one.id),
  }
}

/** The schema of the form: an object with an object in it for each group. */
export function settingsSchema(settings: AppSettings, words: { readonly everybody: string }): JsonObject {
  const groups = Map.groupBy(editable(settings), (one) => one.group)
  const root = objectOf(groups.get('') ?? [], words)
  const grouped = [...groups].filter(([group]) => group !== '')
  return {
    ...root,
    properties: {
      ...(root.properties as JsonObject), // written three lines above
      ...Object.fromEntries(
        grouped.map(([group, inside]) => [groupKey(group), { ...objectOf(inside, words), title: group }]),
      ),
    },
  }
}

/** What the fields show at first. */
export function formValues(settings: AppSettings): JsonObject {
  const values: JsonObject = {}
  for (const { id, group } of editable(settings)) {
    const value = settings.values[id]
    if (value === undefined) continue
    const key = groupKey(group)
    if (group === '') values[id] = value
    else values[key] = { ...(values[key] as JsonObject | undefined), [id]: value } // made by this line alone
  }
  return values
}

const same = (a: JsonValue | undefined, b: JsonValue | undefined) => JSON.stringify(a) === JSON.stringify(b)

/** What the person changed, by the id of the setting; `null` for a field that was emptied. */
export function changesOf(settings: AppSettings, entered: JsonObject): JsonObject {
  const changes: JsonObject = {}
  for (const { id, group, type } of editable(settings)) {
    const from = group === '' ? entered : entered[groupKey(group)]
    const value = from !== null && typeof from === 'object' && !Array.isArray(from) ? from[id] : undefined
    const before = settings.values[id]
    // A tick that nobody set is off, and stays the default until somebody moves it.
    if (same(value, before) || (type === 'boolean' && value === false && before === undefined)) continue
    if (value === undefined && before === undefined) continue
    changes[id] = value ?? null
  }
  return changes
}
