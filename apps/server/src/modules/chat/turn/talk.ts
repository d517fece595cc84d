import type { Fact } from '../messages.ts'
import { finishText } from '../truth/filters.ts'
import { presenceOf } from '../truth/presence.ts'
import { judgeTalk, type TalkGrounds, truthfulStream } from '../truth/talk.ts'
import { attachedBlock, capabilityList, conversationPrompt, historyMessages } from '../understand/prompts.ts'
import { phrase } from '../words/phrases.ts'
import { attachedLines, attachedText } from './attached-files.ts'
import type { TurnContext } from './turn-tools.ts'

/** What a conversational answer may rest on: what was said, exact results of earlier turns and `facts` of this one, what the platform can do. */
export const talkGrounds = (
  { text, history, attached, catalog, skeletons, now, tools }: TurnContext,
  facts: readonly Fact[] = [],
): TalkGrounds => ({
  text: [
    text,
    attachedText(attached),
    ...history.map((entry) => `${entry.text} ${JSON.stringify(entry.facts.map((fact) => fact.data))}`),
    capabilityList(catalog),
    now,
    tools.assistantName,
  ].join('\n'),
  // No list: its length would be a number that may be told of anything.
  data: {
    ...[
      ...history.flatMap((entry) => entry.facts.map((fact) => fact.data)),
      ...attached.flatMap((file) => file.text ?? []),
    ],
  },
  counts: [new Set(catalog.map((entry) => entry.appId)).size, catalog.length],
  presence: presenceOf({
    skeletons,
    catalog,
    read: facts,
    facts: history.flatMap((entry) => entry.facts),
    said: text,
  }),
})

/** A conversational answer (K2.10): nothing ran, so nothing may be told as done. @throws LLM_* */
export async function talk(context: TurnContext, language: string): Promise<string> {
  const { tools, user, voice, hold } = context
  const grounds = talkGrounds(context)
  const stream = truthfulStream(voice.text, grounds)
  const answer = await tools.llm.complete({
    purpose: 'navigate',
    tenantId: user.tenantId,
    userId: user.userId,
    appId: null,
    traceId: hold.traceId,
    system: [
      conversationPrompt(tools.assistantName, context.catalog, {
        language,
        now: context.now,
        timezone: context.timezone,
        skeletons: context.skeletons,
      }),
      ...(context.attached.length === 0
        ? []
        : [attachedBlock(attachedLines(context.attached, context.limits.attachment_chars))]),
    ].join('\n'),
    messages: [
      ...historyMessages(context.history.slice(-context.limits.narration_history_limit)),
      { role: 'user', content: context.text },
    ],
    onText: stream.onText,
    signal: voice.signal,
  })
  stream.end()
  const verdict = judgeTalk(answer.text, grounds)
  if (verdict.kind === 'fabrication') {
    voice.count('fabrication')
    return phrase('not_done', language)
  }
  const options = { assistantName: tools.assistantName, byModel: true, evidence: grounds.text }
  const nothingLeft = verdict.kind === 'trimmed' && verdict.text === '' ? 'not_looked' : 'how_help'
  return finishText(verdict.text, options) || phrase(nothingLeft, language)
}
