import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'

/** Asks before something is made in the user's name. @throws CliFailure when nobody can answer, or the answer is no */
export async function confirm(io: Io, question: string, yes: boolean): Promise<void> {
  if (yes) return
  if (!io.isInteractive) throw new CliFailure(question, { hint: 'Say so with --yes: nobody can answer here.' })
  const answer = await io.ask(`${question} [Y/n] `)
  if (!/^(?:|y|yes)$/i.test(answer.trim())) throw new CliFailure('Nothing was changed.')
}
