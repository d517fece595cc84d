import type * as z from 'zod'
import type { Io } from './io.ts'

export interface CommandOption {
  /** As in the help: `--api <url>`. */
  readonly flags: string
  readonly description: string
  /** All that can be given, for completion and documentation. */
  readonly values?: readonly string[]
}

export interface CommandArgument {
  /** `<name>` is required, `[path]` is not, `[args...]` takes the rest. */
  readonly name: string
  readonly description: string
  /** All that can be given, for completion and documentation. */
  readonly values?: readonly string[]
}

/** What a command does. Gives the exit code. @throws CliFailure, ApiError: printed, exit code 1 */
export type Run<O extends z.ZodObject> = (
  input: { readonly args: readonly string[]; readonly options: z.output<O> },
  io: Io,
) => Promise<number>

/** One command as data: parsing, help, completion and documentation come from it. */
export interface Command<O extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly summary: string
  readonly arguments?: readonly CommandArgument[]
  readonly options?: readonly CommandOption[]
  /** Shape of the options by their camelCase names. */
  readonly input: O
  /** Options that the command does not know are handed on as arguments. */
  readonly passesOn?: boolean
  /** Those of them that are known to mean something, for completion. */
  readonly passedOn?: readonly CommandOption[]
  /** Its work comes with what it needs, which other commands do not wait for. */
  load(): Promise<{ readonly run: Run<O> }>
}

export const defineCommand = <O extends z.ZodObject>(command: Command<O>): Command<O> => Object.freeze(command)

export const API_OPTION: CommandOption = {
  flags: '--api <url>',
  description: 'address of the platform; else IMPERAL_API_URL, package.json, http://127.0.0.1:4780',
}
export const YES_OPTION: CommandOption = { flags: '-y, --yes', description: 'answer every question with yes' }
export const PATH_ARGUMENT: CommandArgument = {
  name: '[path]',
  description: 'folder of the extension, here unless told',
}
