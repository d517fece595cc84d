import { ActionResult, type Document, type StoreClient } from '@imperal/sdk'
import { platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { chat, RulesChanged } from './extension.ts'
import { Json, Rule, refused, said } from './rules.ts'
import { stepsInWords, triggerInWords } from './words-of-rules.ts'

/** A rule as words were understood, before it is one. Only the person's word makes it one. */
export const Draft = z.object({
  prompt: z.string(),
  name: z.string(),
  interpretation: z.string(),
  trigger_filter: Json,
  actions: z.array(Json),
})
export type Draft = z.infer<typeof Draft>
const draftsOf = (store: StoreClient) => store.collection('drafts', Draft)

/** The draft that waits for a word; there is one at a time. */
export async function waitingDraft(store: StoreClient): Promise<Document<Draft> | undefined> {
  const { data } = await draftsOf(store).query({ orderBy: '-created_at', limit: 1 })
  return data[0]
}

/** Forgets what was drafted before this one; what came after it is somebody's newer word. */
async function forgetOlder(store: StoreClient, than: string): Promise<void> {
  let isOlder = false
  for await (const { id } of await draftsOf(store).query({ orderBy: '-created_at', limit: 100 }))
    if (isOlder) await draftsOf(store).delete(id)
    else isOlder = id === than
}

const DraftId = z.string().min(1).max(128).describe('Id from draft_automation.')
const Shown = z.object({
  draft_id: z.string(),
  name: z.string(),
  interpretation: z.string(),
  waits_for: z.string().describe('The trigger, in words.'),
  steps: z.array(z.string()).describe('What it would do, in words.'),
})

const shownOf = ({ id, data }: Document<Draft>): z.infer<typeof Shown> => ({
  draft_id: id,
  name: data.name,
  interpretation: data.interpretation,
  waits_for: triggerInWords(data.trigger_filter),
  steps: stepsInWords(data.actions).map(({ title, values }) => (values === '' ? title : `${title} (${values})`)),
})

const gone = () =>
  ActionResult.error('This draft is not the latest one any more. Look at the one that waits now.', {
    code: 'DRAFT_NOT_FOUND',
  })

export const draftAutomation = chat.function(
  'draft_automation',
  {
    description:
      'Understand words such as “when a task is done, note it” as a rule, and show it. Nothing runs until it is saved with save_automation_draft.',
    actionType: 'write',
    effects: ['create:automation_draft'],
    event: RulesChanged,
    params: z.object({ prompt: z.string().trim().min(1).max(2000).describe('What should happen, in words.') }),
    returns: Shown,
  },
  async (ctx, { prompt }) => {
    const answer = await platform(ctx).request('POST', '/v1/automations/draft', { body: { prompt } })
    if (!answer.ok) return refused(answer)
    const draft = await draftsOf(ctx.store).create(Draft.parse({ ...(answer.body as object), prompt }))
    await forgetOlder(ctx.store, draft.id)
    const shown = shownOf(draft)
    const does = shown.steps.map((step, index) => `${index + 1}. ${step}`).join(' ')
    return ActionResult.success(
      shown,
      `A draft, not saved yet. ${shown.interpretation} Waits for: ${shown.waits_for}. Does: ${does}`,
    )
  },
)

export const saveDraft = chat.function(
  'save_automation_draft',
  {
    description: 'Make the rule that a draft shows, exactly as it was shown, after the user agreed to it.',
    actionType: 'write',
    effects: ['create:automation'],
    event: RulesChanged,
    params: z.object({ draft_id: DraftId }),
    returns: Rule,
  },
  async (ctx, { draft_id }) => {
    const draft = await waitingDraft(ctx.store)
    if (draft?.id !== draft_id) return gone()
    await forgetOlder(ctx.store, draft_id)
    // Whoever takes it away makes the rule: of two who save at once the other finds it gone.
    if (!(await draftsOf(ctx.store).delete(draft_id))) return gone()
    const answer = await platform(ctx).request('POST', '/v1/automations', { body: draft.data })
    if (!answer.ok) {
      if ((await waitingDraft(ctx.store)) === undefined) await draftsOf(ctx.store).create(draft.data)
      return refused(answer)
    }
    const rule = Rule.parse(answer.body)
    return ActionResult.success(rule, `Made the rule. ${said(rule)}`)
  },
)

export const discardDraft = chat.function(
  'discard_automation_draft',
  {
    description: 'Put a draft of a rule away; nothing of it was saved.',
    actionType: 'write',
    effects: ['update:automation_draft'],
    event: RulesChanged,
    params: z.object({ draft_id: DraftId }),
    returns: z.object({ draft_id: z.string() }),
  },
  async (ctx, { draft_id }) => {
    await draftsOf(ctx.store).delete(draft_id)
    return ActionResult.success({ draft_id }, 'Put away. No rule was made.')
  },
)
