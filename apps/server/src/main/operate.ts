import { parseArgs } from 'node:util'
import { readSettings, SettingsError } from '../foundation/config/index.ts'
import { createLog } from '../foundation/log.ts'

const USAGE = {
  backup: 'backup <file> [--with-keys]',
  restore: 'restore <file> [--replace]',
} as const
export type Operation = keyof typeof USAGE

export const isOperation = (word: string | undefined): word is Operation =>
  word !== undefined && Object.hasOwn(USAGE, word)

/** One command of an operator instead of the server: `backup` or `restore`. Gives what it has to say. */
export async function operate(name: Operation, args: readonly string[]): Promise<string[]> {
  const settings = readSettings(process.env)
  const options = {
    backup: { 'with-keys': { type: 'boolean', default: false } },
    restore: { replace: { type: 'boolean', default: false } },
  } as const
  let file: string | undefined
  let flag: boolean
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: options[name], allowPositionals: true })
    ;[file] = positionals
    flag = Object.values(values).some((value) => value === true)
    if (positionals.length !== 1) throw new Error('one file is needed')
  } catch (error) {
    throw new SettingsError([`${error instanceof Error ? error.message : String(error)}: ${USAGE[name]}`])
  }
  const target = file ?? ''
  if (name === 'backup') return (await import('./back-up.ts')).backUp(settings, { target, withKeys: flag })
  const log = createLog({ level: settings.IMPERAL_LOG_LEVEL === 'info' ? 'warn' : settings.IMPERAL_LOG_LEVEL })
  return (await import('./restore.ts')).restore(settings, { source: target, replace: flag, log })
}
