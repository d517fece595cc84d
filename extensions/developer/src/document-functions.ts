import { ActionResult } from '@imperal/sdk'
import { platform, segment } from '@imperal/sdk/platform'
import * as z from 'zod'
import { AppId, badId, refused } from './ask.ts'
import { AppsChanged, chat } from './extension.ts'
import { checkText, Issue } from './findings.ts'
import { SmokeAnswer, smokeText } from './smoke-text.ts'

const Document = z.record(z.string(), z.json()).describe('The declarative document, in flat or envelope form.')
export const Receipt = z.looseObject({
  app_id: z.string(),
  deployed_at: z.string(),
  steps_registered: z.number().int(),
  ir_version: z.string(),
  revision: z.number().int(),
  unchanged: z.boolean(),
  review: z.string(),
  warnings: z.array(Issue),
})
type Receipt = z.infer<typeof Receipt>
export const Revision = z.looseObject({
  revision: z.number().int(),
  active: z.boolean(),
  version: z.string(),
  created_at: z.string(),
  content_of: z.number().int().nullable(),
})
export const irPath = (appId: string, rest = ''): string => `/v1/developer/apps/${segment(appId)}/ir${rest}`

function said({ unchanged, previous_revision, revision, review }: Receipt & { previous_revision?: unknown }): string {
  if (unchanged) return `Nothing changed: revision ${revision} is live already.`
  const first = previous_revision === null ? 'IR deployed' : `IR deployed as revision ${revision}`
  return review === 'submitted' ? `${first}; it waits for review` : first
}

export const deployIr = chat.function(
  'deploy_ir',
  {
    description:
      'Deploy a declarative app: check the document, store it as a revision and make its functions callable at once.',
    actionType: 'write',
    effects: ['deploy:app'],
    event: AppsChanged,
    params: z.object({
      app_id: AppId,
      ir_dict: Document,
      dev_mode: z.boolean().default(false).describe('True: for you alone, not sent to review.'),
      expected_revision: z.number().int().min(1).optional().describe('Refuse when another revision is active.'),
    }),
    returns: Receipt,
  },
  async (ctx, { app_id, ...body }) => {
    const wrong = badId(app_id)
    if (wrong) return wrong
    const answer = await platform(ctx).request<Receipt>('POST', irPath(app_id), { body })
    if (!answer.ok) return refused(answer)
    return ActionResult.success(answer.body, said(answer.body))
  },
)

export const validateIr = chat.function(
  'validate_ir',
  {
    description: 'Check a declarative document without deploying it; every problem comes with its place and a fix.',
    params: z.object({ ir_dict: Document }),
    returns: z.object({ valid: z.boolean(), issues: z.array(Issue) }),
  },
  async (ctx, body) => {
    const answer = await platform(ctx).request<{ valid: boolean; issues: Issue[] }>(
      ...(['POST', '/v1/ir/validate', { body }] as const),
    )
    if (!answer.ok) return refused(answer)
    const { valid, issues } = answer.body
    return ActionResult.success({ valid, issues }, checkText(valid, issues))
  },
)

export const smokeIr = chat.function(
  'smoke_ir',
  {
    description:
      'Try one function, panel or section of a declarative document out in an empty store that is thrown away afterwards.',
    params: z.object({
      ir_dict: Document,
      function: z
        .string()
        .min(1)
        .max(128)
        .describe('Name of the function, __panel__ and a panel id, or skeleton_refresh_ and a section.'),
      args: z.record(z.string(), z.json()).default({}).describe('Its params; `$before` lists calls that run first.'),
    }),
    returns: SmokeAnswer,
  },
  async (ctx, body) => {
    const answer = await platform(ctx).request<SmokeAnswer>('POST', '/v1/ir/smoke', { body })
    if (!answer.ok) return refused(answer)
    return ActionResult.success(answer.body, smokeText(body.function, answer.body))
  },
)

export const listIrRevisions = chat.function(
  'list_ir_revisions',
  {
    description: 'List the revisions of a declarative app that you develop, newest first, and which of them is live.',
    params: z.object({ app_id: AppId, limit: z.number().int().min(1).max(100).default(20) }),
    returns: z.looseObject({
      app_id: z.string(),
      active_revision: z.number().int().nullable(),
      revisions: z.array(Revision),
    }),
  },
  async (ctx, { app_id, limit }) => {
    const wrong = badId(app_id)
    if (wrong) return wrong
    const answer = await platform(ctx).request<{
      app_id: string
      active_revision: number | null
      revisions: z.infer<typeof Revision>[]
    }>('GET', irPath(app_id), { query: { limit } })
    if (!answer.ok) return refused(answer)
    const { active_revision: active, revisions } = answer.body
    return ActionResult.success(
      answer.body,
      `${revisions.length} revision(s); ${active === null ? 'none is' : `${active} is`} live.`,
    )
  },
)

export const getIr = chat.function(
  'get_ir',
  {
    description: 'Show the source document of a declarative app that you develop, as it was deployed.',
    params: z.object({
      app_id: AppId,
      revision: z.number().int().min(1).optional().describe('The live one unless told.'),
    }),
    returns: z.object({
      app_id: z.string(),
      revision: z.number().int(),
      version: z.string(),
      ir_dict: z.record(z.string(), z.json()),
    }),
  },
  async (ctx, { app_id, revision }) => {
    const wrong = badId(app_id)
    if (wrong) return wrong
    const answer = await platform(ctx).request<{
      app_id: string
      revision: number
      version: string
      ir_dict: Record<string, z.core.util.JSONType>
    }>('GET', irPath(app_id, '/document'), { query: { revision } })
    if (!answer.ok) return refused(answer)
    return ActionResult.success(answer.body, `Revision ${answer.body.revision}, version ${answer.body.version}.`)
  },
)

export const rollbackIr = chat.function(
  'rollback_ir',
  {
    description: 'Bring back an earlier revision of a declarative app that you develop; records stay as they are.',
    actionType: 'write',
    effects: ['deploy:app'],
    event: AppsChanged,
    params: z.object({
      app_id: AppId,
      to_revision: z.number().int().min(1).optional().describe('The one before the live one unless told.'),
    }),
    returns: Receipt,
  },
  async (ctx, { app_id, to_revision }) => {
    const wrong = badId(app_id)
    if (wrong) return wrong
    const body = to_revision === undefined ? {} : { to_revision }
    const answer = await platform(ctx).request<Receipt>('POST', irPath(app_id, '/rollback'), { body })
    if (!answer.ok) return refused(answer)
    return ActionResult.success(answer.body, `Rolled back; revision ${answer.body.revision} is live.`)
  },
)
