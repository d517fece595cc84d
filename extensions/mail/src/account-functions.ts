import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { Connected, chat, password } from './extension.ts'
import { accountsOf, ask, refusal } from './mailbox.ts'
import { endPause } from './new-mail.ts'
import { addressOf, hintFor, serversFor } from './servers.ts'

const Named = z
  .string()
  .trim()
  .max(260)
  .regex(/^(?:[A-Za-z0-9.:[\]-]+)?$/, 'A name such as imap.example.com, with :993 when the port is another one.')
  .default('')

export const connectMailbox = chat.function(
  'connect_mailbox',
  {
    description:
      'Connect your mailbox by its address. The servers get your stored password; unless named, they are those that are usual ' +
      'for the address. It takes the place of a mailbox that is connected.',
    actionType: 'destructive',
    effects: ['connect:mailbox'],
    event: Connected,
    params: z.object({
      email: z.email().max(254).describe('Address of the mailbox.'),
      name: z.string().trim().max(100).default('').describe('Name that recipients see.'),
      imap_server: Named.describe('Server for reading, host or host:port; empty for the usual one.'),
      smtp_server: Named.describe('Server for sending, host or host:port; empty for the usual one.'),
      username: z.string().trim().max(254).default('').describe('Name for signing in when it is not the address.'),
    }),
    returns: z.object({
      email: z.string(),
      imap_server: z.string(),
      smtp_server: z.string(),
      has_password: z.boolean(),
    }),
  },
  async (ctx, { email, name, imap_server, smtp_server, username }) => {
    const { imap, smtp } = serversFor(email, { imap: imap_server, smtp: smtp_server })
    const accounts = accountsOf(ctx.store)
    for (const { id } of (await accounts.query({ limit: 20 })).data) await accounts.delete(id)
    await accounts.create({ email, name, username: username || email, imap, smtp })
    const has_password = await ctx.secrets.isSet(password)
    const data = { email, imap_server: addressOf(imap), smtp_server: addressOf(smtp), has_password }
    const next = has_password
      ? 'Check the connection with check_mailbox.'
      : `Now store the password on the secrets page of Mail. ${hintFor(email)}`.trim()
    return ActionResult.success(
      data,
      `${email} is read at ${data.imap_server} and sends by ${data.smtp_server}. ${next}`,
    )
  },
)

export const checkMailbox = chat.function(
  'check_mailbox',
  {
    description: 'Sign in at both servers of the connected mailbox and say whether that works.',
    params: z.object({}),
    returns: z.object({ email: z.string(), folders: z.number().int() }),
  },
  async (ctx) => {
    const answer = await ask(ctx).request<{ email: string; folders: number }>('POST', '/v1/mailbox/check', { body: {} })
    if (!answer.ok) return refusal(answer)
    await endPause(ctx.store)
    const { email, folders } = answer.body
    return ActionResult.success(
      { email, folders },
      `${email} works: ${folders} folders, and the server for sending answers.`,
    )
  },
)

export const disconnectMailbox = chat.function(
  'disconnect_mailbox',
  {
    description:
      'Forget where the mailbox is. The mail stays at its provider; the password stays until it is deleted on the secrets page.',
    actionType: 'destructive',
    effects: ['disconnect:mailbox'],
    event: Connected,
    params: z.object({}),
    returns: z.object({ forgotten: z.number().int() }),
  },
  async (ctx) => {
    const accounts = accountsOf(ctx.store)
    const { data } = await accounts.query({ limit: 20 })
    for (const { id } of data) await accounts.delete(id)
    return ActionResult.success(
      { forgotten: data.length },
      data.length === 0 ? 'No mailbox was connected.' : 'Forgotten.',
    )
  },
)
