import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { chat, ext } from './extension.ts'

/** The service that this file speaks to; put your own here. */
const SERVICE = 'https://api.github.com'

export const token = ext.secret({
  name: 'service_token',
  description: 'Access token of your account; needed for private repositories only.',
})

const Issue = z.object({ number: z.number().int(), title: z.string() })
const Issues = ext.cacheModel('issues', z.object({ issues: z.array(Issue) }))

export const listIssues = chat.function(
  'list_issues',
  {
    description: 'List the open issues of one repository on GitHub, newest first, with number and title.',
    params: z.object({
      repository: z
        .string()
        .regex(/^[\w.-]+\/[\w.-]+$/)
        .describe('Owner and name, for example nodejs/node.'),
    }),
    returns: z.object({ issues: z.array(Issue) }),
  },
  async (ctx, { repository }) => {
    const key = repository.replaceAll(/[^A-Za-z0-9_-]/g, '-')
    const known = await ctx.cache.get(key, Issues)
    if (known !== null) return ActionResult.success(known, `${known.issues.length} open issues in ${repository}`)
    const secret = await ctx.secrets.get(token)
    const answer = await ctx.http.get(`${SERVICE}/repos/${repository}/issues`, {
      headers: {
        accept: 'application/vnd.github+json',
        'user-agent': '__app_id__',
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      },
      params: { state: 'open', per_page: 20 },
    })
    if (answer.statusCode === 404) {
      return ActionResult.error(`There is no repository ${repository}.`, { code: 'REPOSITORY_NOT_FOUND' })
    }
    if (!answer.ok) {
      return ActionResult.error(`GitHub answered ${answer.statusCode}.`, { code: 'SERVICE_FAILED', retryable: true })
    }
    const issues = answer.parse(z.array(Issue))
    await ctx.cache.set(key, Issues, { issues }, { ttlSeconds: 60 })
    return ActionResult.success({ issues }, `${issues.length} open issues in ${repository}`)
  },
)
