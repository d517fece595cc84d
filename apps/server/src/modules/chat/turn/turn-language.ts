import { readSession } from '../memory/session.ts'
import type { ChatUser } from '../messages.ts'
import { guessLanguage } from '../words/languages.ts'
import type { TurnTools } from './turn-tools.ts'

interface Speech {
  /** As the classifier found it in this turn. */
  readonly found: string | null
  readonly text: string
}

/** The language of a message by its words. A command is none: its JSON says nothing about who typed it. */
export const spokenIn = (text: string): string | null => (text.trimStart().startsWith('/') ? null : guessLanguage(text))

/**
 * The language in which a person is told how a turn ended that never came to its own words (K1.4): that of the turn, of the
 * message, of the last turns, of the settings. Null: nothing is known, or it cannot be read now.
 */
export async function languageOfTurn(
  { db, log, now, settingsOf }: Pick<TurnTools, 'db' | 'log' | 'now' | 'settingsOf'>,
  user: ChatUser,
  { found, text }: Speech,
): Promise<string | null> {
  const known = found ?? spokenIn(text)
  if (known !== null) return known
  try {
    const { language } = await readSession(db, user, Date.parse(now()))
    return language ?? (await settingsOf(user)).language
  } catch (error) {
    log.debug({ err: error }, 'the language of a turn is not known')
    return null
  }
}
