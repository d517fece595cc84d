import type { CompletionOptions } from '../commands/completion.ts'
import { COMMANDS } from '../commands/index.ts'
import { SHELLS } from '../completion/shells.ts'
import type { Run } from '../define-command.ts'
import { CliFailure } from '../failure.ts'

export const run: Run<typeof CompletionOptions> = async ({ args: [shell = ''] }, io) => {
  const script = SHELLS[shell]
  if (script === undefined) {
    throw new CliFailure(`There is no completion for '${shell}'.`, {
      hint: `Choose ${Object.keys(SHELLS).join(', ')}.`,
    })
  }
  io.out(script(COMMANDS).trimEnd())
  return 0
}
