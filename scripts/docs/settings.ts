import path from 'node:path'
import { z } from 'zod'
import { SETTING_ALIASES, SettingsSchema } from '../../apps/server/src/foundation/config/index.ts'
import { NOTICE, table } from './markdown.ts'

const checkout = path.resolve(import.meta.dirname, '../..')

/** The schema of the value as it is written, below what makes it optional and converts it. */
function written(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return written(schema.def.innerType)
  if (schema instanceof z.ZodPipe)
    return written(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in)
  return schema
}

function values(schema: z.core.$ZodType): string {
  const inner = written(schema)
  if (inner instanceof z.ZodEnum) {
    const options = inner.options.filter((option) => !['1', '0', 'yes', 'no'].includes(String(option)))
    return options.map((option) => `\`${option}\``).join(', ')
  }
  if (inner instanceof z.ZodNumber) return `${inner.minValue} to ${inner.maxValue}`
  if (inner instanceof z.ZodURL) return 'an http or https address'
  if (inner instanceof z.ZodEmail) return 'an e-mail address'
  if (inner instanceof z.ZodString && inner.minLength !== null) return `at least ${inner.minLength} characters`
  return ''
}

/** What the schema makes of a setting that is not there. Empty: it stays unset. */
function fallback(schema: z.ZodType): string {
  const value = schema.parse(undefined)
  if (value === undefined) return ''
  const text = String(value)
  return `\`${path.isAbsolute(text) && text.startsWith(checkout) ? path.relative(checkout, text) : text}\``
}

function meaning(name: string, schema: z.ZodType): string {
  const alias = SETTING_ALIASES[name]
  return `${schema.description ?? ''}${alias === undefined ? '' : ` Also read as \`${alias}\`.`}`
}

/** Every setting with its values, its default and its meaning, from the schema that validates them. */
export function settingsPage(): string {
  const rows = Object.entries(SettingsSchema.shape).map(([name, schema]) => [
    `\`${name}\``,
    values(schema),
    fallback(schema),
    meaning(name, schema),
  ])
  const text =
    'Settings are environment variables, read once at the start. Wrong ones are reported all together and nothing starts. ' +
    'An empty one counts as absent; where the third column is empty, absent means what the last column says. ' +
    'Paths are relative to the checkout.'
  return `# Settings\n\n${NOTICE}\n\n${text}\n\n${table(['variable', 'values', 'default', 'meaning'], rows)}\n`
}
