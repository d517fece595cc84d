import type { CallRecord } from '../plan/records.ts'
import { statedBeforeAsking } from '../truth/claims.ts'
import { finishText } from '../truth/filters.ts'
import { foreignLinks } from '../truth/grounding.ts'
import { groundsOf, resultsOf } from '../truth/narration.ts'
import { judgeTalk, type TalkGrounds } from '../truth/talk.ts'
import { phrase } from '../words/phrases.ts'
import { talkGrounds } from './talk.ts'
import type { TurnContext } from './turn-tools.ts'

/** The planner reads what an answer without calls may rest on, the sections of the apps, and what ran in this turn. */
function plannerGrounds(context: TurnContext, records: readonly CallRecord[]): TalkGrounds {
  const base = talkGrounds(context, resultsOf(records))
  const ran = groundsOf(records, '')
  return {
    ...base,
    text: [base.text, context.skeletons, context.session.hint?.pending_question ?? '', ran.text].join('\n'),
    data: { said: base.data, ran: ran.data },
    counts: [...base.counts, ...ran.counts],
  }
}

/**
 * The planner's own words to the person: a question, a refusal, a next step. They pass the gates of every other text (K1.8,
 * K3.45), as a whole or not at all: of a question a part is another question. Null when they may not be shown; the caller has
 * fixed words for it. `records` are the calls that ran so far.
 */
export function plannerWords(context: TurnContext, text: string, records: readonly CallRecord[] = []): string | null {
  if (text.trim() === '') return null
  const { tools, voice, hold } = context
  const grounds = plannerGrounds(context, records)
  const verdicts = [text, ...statedBeforeAsking(text).map((clause) => `${clause}.`)].map(
    (part) => judgeTalk(part, grounds).kind,
  )
  const isTrue = verdicts.every((kind) => kind === 'fine') && foreignLinks(text, grounds.text).length === 0
  const finished = isTrue
    ? finishText(text, { assistantName: tools.assistantName, byModel: true, evidence: grounds.text })
    : ''
  if (finished !== '') return finished
  voice.count(verdicts.includes('fabrication') ? 'fabrication' : 'narration_replaced')
  tools.log.warn({ verdicts, trace: hold.traceId }, 'words of the planner were replaced')
  return null
}

/** Asks for values by the names that the planner gave. A name of the schema is no id, whatever its shape. */
export function missing(context: TurnContext, fields: readonly string[], language: string): string {
  const shown = fields.filter((field) => plannerWords(context, field.replaceAll('_', ' ')) !== null)
  return shown.length === 0 ? phrase('unclear', language) : phrase('missing', language, { fields: shown.join(', ') })
}
