import { ActionResult, withFreshToken } from '@imperal/sdk'
import * as z from 'zod'
import { chat, ext } from './extension.ts'

/** What this file asks of a connected account; put your own here, and its scope below. */
const EVENTS = 'https://www.googleapis.com/calendar/v3/calendars/primary/events'

// The platform keeps the consent page, the tokens and their renewal. Register a client at Google and store what you get
// as `google_client_id` and `google_client_secret` on the secrets page of your app: one value for all users.
ext.oauth('google', { scopes: ['openid', 'email', 'https://www.googleapis.com/auth/calendar.readonly'] })

const AccountConnecting = ext.emits('__app_id__.account_connecting')

export const connectAccount = chat.function(
  'connect_account',
  {
    description: 'Start connecting a Google account; answers the address that the user opens to agree.',
    actionType: 'write',
    effects: ['create:account'],
    event: AccountConnecting,
    params: z.object({ email: z.email().optional().describe('Which account, when the user has several.') }),
    returns: z.object({ url: z.string() }),
  },
  async (ctx, { email }) => {
    const url = await ctx.oauthAuthorizeUrl('google', email === undefined ? {} : { loginHint: email })
    return ActionResult.success({ url }, `Open this address to connect your account: ${url}`)
  },
)

const Events = z.object({ items: z.array(z.object({ summary: z.string().default('Busy') })) })

export const nextEvents = chat.function(
  'next_events',
  {
    description: 'List the next events of every Google calendar that is connected, with the account of each.',
    params: z.object({ limit: z.number().int().min(1).max(50).default(5).describe('How many for each account.') }),
    returns: z.object({ events: z.array(z.object({ account: z.string(), title: z.string() })) }),
  },
  async (ctx, { limit }) => {
    const accounts = await ctx.store.query('google_accounts')
    if (accounts.data.length === 0) {
      return ActionResult.error('No account is connected yet.', { code: 'NOT_CONNECTED' })
    }
    const events = []
    for (const account of accounts.data) {
      const answer = await withFreshToken(ctx, account, async ({ data }) =>
        (
          await ctx.http.get(EVENTS, {
            headers: { authorization: `Bearer ${data.access_token}` },
            params: { maxResults: limit, orderBy: 'startTime', singleEvents: true },
          })
        ).raiseForStatus(),
      )
      const { items } = answer.parse(Events)
      events.push(...items.map(({ summary }) => ({ account: String(account.data.email), title: summary })))
    }
    return ActionResult.success({ events }, `${events.length} events`)
  },
)
