import { ActionResult, readerOf } from '@imperal/sdk'
import * as z from 'zod'
import { AddressesChanged, chat, Deleted } from './extension.ts'
import {
  type AddressDocument,
  addressesOf,
  cutOf,
  type MessageDocument,
  MOST_ADDRESSES,
  messagesOf,
  titleOf,
} from './inbox.ts'

const AddressWire = z.object({ address_id: z.string(), name: z.string(), url: z.string(), notify: z.boolean() })

interface Caller {
  readonly user: { readonly imperalId: string }
  webhookUrl(path: string): string
}
/** The address names its owner, so that the receiving side looks at nobody else's keys. */
export const urlOf = (ctx: Caller, { id, data }: AddressDocument): string =>
  `${ctx.webhookUrl('/in')}?for=${encodeURIComponent(ctx.user.imperalId)}&to=${encodeURIComponent(id)}&key=${data.key}`
const wire = (ctx: Caller, one: AddressDocument) => ({
  ...{ address_id: one.id, name: one.data.name, url: urlOf(ctx, one), notify: one.data.notify },
})
const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

export const makeAddress = chat.function(
  'make_address',
  {
    description: 'Make a web address to which another service may send messages for you.',
    actionType: 'write',
    effects: ['create:address'],
    event: AddressesChanged,
    params: z.object({
      name: z.string().trim().min(1).max(60).describe('What will send there, such as “shop”.'),
      notify: z.boolean().default(true).describe('Tell about each message.'),
    }),
    returns: AddressWire,
  },
  async (ctx, { name, notify }) => {
    const addresses = addressesOf(ctx.store)
    if ((await addresses.count()) >= MOST_ADDRESSES)
      return ActionResult.error(`You have ${MOST_ADDRESSES} addresses already. Delete one first.`, { code: 'TOO_MANY' })
    const made = await addresses.create({ name, key: randomKey(), notify })
    return ActionResult.success(wire(ctx, made), `Messages for “${name}” go to ${urlOf(ctx, made)}`)
  },
)

export const listAddresses = chat.function(
  'list_addresses',
  {
    description: 'List the addresses of your inbox with their full web addresses.',
    params: z.object({}),
    returns: z.object({ addresses: z.array(AddressWire), total: z.number().int() }),
  },
  async (ctx) => {
    const addresses = (await addressesOf(ctx.store).query({ orderBy: 'name', limit: MOST_ADDRESSES })).data.map((one) =>
      wire(ctx, one),
    )
    const said = addresses.map(({ name }) => name).join(', ') || 'No addresses yet.'
    return ActionResult.success({ addresses, total: addresses.length }, said)
  },
)

export const deleteAddress = chat.function(
  'delete_address',
  {
    description: 'Delete an address of your inbox: nothing is received there any more. What it received stays.',
    actionType: 'destructive',
    effects: ['delete:address'],
    event: AddressesChanged,
    params: z.object({ address_id: z.string().min(1) }),
    returns: z.object({ address_id: z.string() }),
  },
  async (ctx, { address_id }) =>
    (await addressesOf(ctx.store).delete(address_id))
      ? ActionResult.success({ address_id }, 'Deleted.')
      : ActionResult.error('There is no such address.', { code: 'ADDRESS_NOT_FOUND' }),
)

const MessageWire = z.object({
  message_id: z.string(),
  address_id: z.string(),
  title: z.string(),
  method: z.string(),
  content_type: z.string(),
  received_at: z.string(),
})
const listed = (one: MessageDocument) => ({
  ...{ message_id: one.id, address_id: one.data.address_id, title: titleOf(one), method: one.data.method },
  ...{ content_type: one.data.content_type, received_at: one.createdAt },
})

export const listMessages = chat.function(
  'list_messages',
  {
    description: 'List what came in, newest first; of one address when asked.',
    params: z.object({ address_id: z.string().optional(), limit: z.number().int().min(1).max(100).default(20) }),
    returns: z.object({ messages: z.array(MessageWire), total: z.number().int() }),
  },
  async (ctx, { address_id, limit }) => {
    const where = address_id === undefined ? {} : { address_id }
    const messages = (await messagesOf(ctx.store).query({ where, orderBy: '-created_at', limit })).data.map(listed)
    const total = await messagesOf(ctx.store).count(where)
    return ActionResult.success({ messages, total }, total === 0 ? 'Nothing came in yet.' : `${total} message(s).`)
  },
)

export const showMessage = chat.function(
  'show_message',
  {
    description: 'Show one received message with its headers and its body, and whether the body was cut.',
    params: z.object({ message_id: z.string().min(1) }),
    returns: MessageWire.extend({
      body: z.string(),
      query: z.record(z.string(), z.string()),
      headers: z.record(z.string(), z.string()),
      truncated: z.boolean(),
    }),
  },
  async (ctx, { message_id }) => {
    const one = await messagesOf(ctx.store).find(message_id)
    if (!one) return ActionResult.error('There is no such message.', { code: 'MESSAGE_NOT_FOUND' })
    const { body, query, headers, truncated } = one.data
    const said = [titleOf(one), cutOf(one, readerOf(ctx).number)].filter((line) => line !== null)
    return ActionResult.success({ ...listed(one), body, query, headers, truncated }, said.join('\n'))
  },
)

export const clearMessages = chat.function(
  'clear_messages',
  {
    description: 'Delete all received messages, or those of one address.',
    actionType: 'destructive',
    effects: ['delete:message'],
    event: Deleted,
    params: z.object({ address_id: z.string().optional() }),
    returns: z.object({ deleted: z.number().int() }),
  },
  async (ctx, { address_id }) => {
    const messages = messagesOf(ctx.store)
    const where = address_id === undefined ? {} : { address_id }
    const ids: string[] = []
    for await (const one of await messages.query({ where, limit: 500 })) ids.push(one.id)
    for (const id of ids) await messages.delete(id)
    return ActionResult.success({ deleted: ids.length }, `Deleted ${ids.length} message(s).`)
  },
)
