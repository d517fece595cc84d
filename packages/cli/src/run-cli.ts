import { Command as Commander, CommanderError } from 'commander'
import { COMMANDS } from './commands/index.ts'
import type { Command } from './define-command.ts'
import { CliFailure, linesOf } from './failure.ts'
import type { Io } from './io.ts'
import { SDK_VERSION } from './version.ts'

const ADDITIONAL_HELP = `
Settings: IMPERAL_API_URL (or IMPERAL_GATEWAY_URL, or IMPERAL_REGISTRY_URL) names the platform, IMPERAL_API_KEY signs in without
\`imperal login\`; so do gateway_url (or registry_url) and api_key below [default] in .imperal/credentials, of the folder or of your home.
`

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** @throws CliFailure with a line for every option that cannot be what was given */
function readOptions(command: Command, given: object) {
  const read = command.input.safeParse(given)
  if (read.success) return read.data
  const lines = read.error.issues.map(({ path, message }) =>
    message.startsWith('--') ? message : `--${kebab(String(path[0] ?? ''))}: ${message}`,
  )
  throw new CliFailure(lines.join('\n'))
}

function addCommand(program: Commander, command: Command, run: (code: Promise<number>) => void, io: Io): void {
  const entry = program
    .command(command.name)
    .description(command.summary)
    .showHelpAfterError(`\`imperal ${command.name} --help\` says what it takes.`)
  for (const { name, description } of command.arguments ?? []) entry.argument(name, description)
  for (const { flags, description } of command.options ?? []) entry.option(flags, description)
  if (command.passesOn === true) entry.allowUnknownOption().allowExcessArguments()
  entry.action(() => {
    const options = readOptions(command, entry.opts())
    run(command.load().then((work) => work.run({ args: entry.args, options }, io)))
  })
}

function createProgram(io: Io, run: (code: Promise<number>) => void): Commander {
  const program = new Commander('imperal')
    .description('Write, check, try and deploy extensions of the AI Cloud OS.')
    .version(SDK_VERSION, '-V, --version', 'print the version of the SDK')
    .addHelpText('after', ADDITIONAL_HELP)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, '')),
      writeErr: (text) => io.err(text.replace(/\n$/, '')),
    })
  for (const command of COMMANDS) addCommand(program, command, run, io)
  return program
}

/** Runs one command line and gives its exit code: 0 for success, 1 for everything that went wrong. Never rejects. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let running: Promise<number> = Promise.resolve(0)
  const program = createProgram(io, (code) => {
    running = code
  })
  try {
    program.parse([...args], { from: 'user' })
    return await running
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode
    for (const line of linesOf(error)) io.err(line)
    return 1
  }
}
