import { parseArgs } from 'node:util'
import { SettingsError } from './settings.ts'

/** Settings that may be given on the command line as well; they win over the environment. */
const OPTIONS = {
  roles: 'IMPERAL_ROLES',
  port: 'PORT',
  host: 'HOST',
  'data-dir': 'IMPERAL_DATA_DIR',
} as const

/** Reads `--roles gateway,kernel --port 4780 …` as settings. @throws SettingsError for what is none of them */
export function readArguments(args: readonly string[]): Record<string, string> {
  const known = `known are ${Object.keys(OPTIONS)
    .map((name) => `--${name}`)
    .join(', ')}; everything else is a setting`
  try {
    const options = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' as const }]))
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false })
    return Object.fromEntries(
      Object.entries(OPTIONS).flatMap(([name, setting]) => {
        const value = values[name]
        return typeof value === 'string' ? [[setting, value]] : []
      }),
    )
  } catch (error) {
    throw new SettingsError([`${error instanceof Error ? error.message : String(error)} (${known})`])
  }
}
