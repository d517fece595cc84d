import { parseArgs } from 'node:util'
import { readSettings, SettingsError } from '../foundation/config/index.ts'
import { createLog } from '../foundation/log.ts'

const USAGE = {
  backup: 'backup <file> [--with-keys]',
  restore: 'restore <file> [--replace]',
  doctor: 'doctor [--json]',
} as const
export type Operation = keyof typeof USAGE

export const isOperation = (word: string | undefined): word is Operation =>
  word !== undefined && Object.hasOwn(USAGE, word)

const OPTIONS = {
  backup: { 'with-keys': { type: 'boolean', default: false } },
  restore: { replace: { type: 'boolean', default: false } },
  doctor: { json: { type: 'boolean', default: false } },
} as const

/** @throws SettingsError for what the command does not take */
function read(name: Operation, args: readonly string[]): { file: string; flag: boolean } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS[name], allowPositionals: true })
    const [file = '', ...more] = positionals
    if (name === 'doctor' ? file !== '' : file === '' || more.length > 0)
      throw new Error(name === 'doctor' ? 'no file is needed' : 'one file is needed')
    return { file, flag: Object.values(values).some((value) => value === true) }
  } catch (error) {
    throw new SettingsError([`${error instanceof Error ? error.message : String(error)}: ${USAGE[name]}`])
  }
}

/** One command of an operator instead of the server. Gives what it has to say, and its exit code. */
export async function operate(name: Operation, args: readonly string[]): Promise<{ lines: string[]; code: number }> {
  const { file, flag } = read(name, args)
  if (name === 'doctor') {
    const { examine, linesOf } = await import('./examine.ts')
    const report = await examine(process.env)
    return { lines: flag ? [JSON.stringify(report)] : linesOf(report), code: report.status === 'fail' ? 1 : 0 }
  }
  const settings = readSettings(process.env)
  if (name === 'backup')
    return { lines: await (await import('./back-up.ts')).backUp(settings, { target: file, withKeys: flag }), code: 0 }
  const log = createLog({ level: settings.IMPERAL_LOG_LEVEL === 'info' ? 'warn' : settings.IMPERAL_LOG_LEVEL })
  return {
    lines: await (await import('./restore.ts')).restore(settings, { source: file, replace: flag, log }),
    code: 0,
  }
}
