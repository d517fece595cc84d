import { memorySpan, readSession } from '../memory/session.ts'
import { historyBefore } from '../messages.ts'
import { filesInView, readAttached } from './attached-files.ts'
import { openSteps } from './step-record.ts'
import { spokenIn } from './turn-language.ts'
import { advance, type TurnHold, turnFence, userOf } from './turn-record.ts'
import type { TurnContext, TurnTools, TurnVoice } from './turn-tools.ts'

/** Resolves what a turn rests on, once (kernel T2, T3, T5). A channel that is missing is empty, never made up. */
export async function resolveContext(hold: TurnHold, tools: TurnTools, voice: TurnVoice): Promise<TurnContext> {
  const user = userOf(hold)
  const limits = await tools.limits(user)
  const now = tools.now()
  const [catalog, history, session, settings, pending, hasModel] = await Promise.all([
    tools.kernel.catalog(user),
    historyBefore(tools.db, user, hold.conversationId, {
      messageId: hold.messageId,
      ...memorySpan(limits, Date.parse(now)),
    }),
    readSession(tools.db, user, Date.parse(now)),
    tools.settingsOf(user),
    tools.kernel.pending(user),
    tools.llm.available(user.tenantId, user.userId),
  ])
  const skeletons =
    // Facts of all apps are more than a limited credential may see.
    user.limitedTo === undefined && hasModel
      ? await tools.skeletons(user).catch((error: unknown) => {
          tools.log.warn({ err: error }, 'the state of the apps is unknown for this turn')
          return ''
        })
      : ''
  const files = filesInView(hold.request.attachments ?? [], history)
  return {
    hold,
    progress: {
      move: (change) => advance(tools.db, hold, change),
      steps: openSteps(tools.db, hold),
      fence: turnFence(hold),
    },
    user,
    text: hold.request.text,
    catalog,
    history,
    skeletons,
    attached: await readAttached(tools, user, files),
    session,
    pending,
    limits,
    timezone: settings.timezone,
    now,
    language: hold.language ?? spokenIn(hold.request.text) ?? session.language ?? settings.language,
    hasModel,
    tools,
    voice,
  }
}
