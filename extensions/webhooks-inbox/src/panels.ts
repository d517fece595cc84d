import { readerOf, ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { clearMessages, deleteAddress, makeAddress, urlOf } from './functions.ts'
import { addressesOf, cutOf, MOST_ADDRESSES, messagesOf, titleOf } from './inbox.ts'

const REFRESH = 'on_event:webhooks-inbox.received,webhooks-inbox.deleted,webhooks-inbox.addresses_changed'

ext.panel(
  'inbox',
  { slot: 'left', title: 'Inbox', icon: 'Inbox', refresh: REFRESH, defaultWidth: 360 },
  async (ctx) => {
    const [messages, addresses] = await Promise.all([
      messagesOf(ctx.store).query({ orderBy: '-created_at', limit: 100 }),
      addressesOf(ctx.store).query({ limit: MOST_ADDRESSES }),
    ])
    const reader = readerOf(ctx)
    const names = new Map(addresses.data.map((one) => [one.id, one.data.name]))
    const toolbar = ui.Stack(
      [
        ui.Button('Addresses', { icon: 'Link', size: 'sm', onClick: ui.Call('__panel__addresses', {}) }),
        ui.Button('Clear', {
          icon: 'Trash2',
          size: 'sm',
          variant: 'ghost',
          disabled: messages.data.length === 0,
          onClick: ui.Call(clearMessages, {}),
        }),
      ],
      { direction: 'h', sticky: true },
    )
    const rows = messages.data.map((one) =>
      ui.ListItem(one.id, titleOf(one), {
        subtitle: names.get(one.data.address_id) ?? 'an address that was deleted',
        icon: 'Webhook',
        meta: reader.moment(one.createdAt),
        onClick: ui.Call('__panel__message', { message_id: one.id }),
      }),
    )
    const body =
      rows.length === 0
        ? ui.Text('Nothing came in yet. Make an address and give it to another service.', { variant: 'caption' })
        : ui.List(rows)
    return ui.Stack([toolbar, body], { gap: 2 })
  },
)

ext.panel(
  'addresses',
  { slot: 'center', title: 'Addresses', icon: 'Link', centerOverlay: true, refresh: REFRESH },
  async (ctx) => {
    const { data } = await addressesOf(ctx.store).query({ orderBy: 'name', limit: MOST_ADDRESSES })
    const shown = data.flatMap((one) => [
      ui.Header(one.data.name, { level: 2 }),
      ui.Code(urlOf(ctx, one)),
      ui.Button('Delete', {
        icon: 'Trash2',
        size: 'sm',
        variant: 'ghost',
        onClick: ui.Call(deleteAddress, { address_id: one.id }),
      }),
    ])
    const form = ui.Form(
      [ui.Input({ label: 'What will send there', paramName: 'name', placeholder: 'Shop', required: true })],
      {
        action: makeAddress.functionName,
        submitLabel: 'Make an address',
        // One more address begins with an empty field.
        node: { revision: data.length },
      },
    )
    return ui.Page([form, ...shown], {
      title: 'Addresses',
      subtitle: 'Whoever knows an address can send to it. Treat it as a password.',
    })
  },
)

ext.panel(
  'message',
  {
    slot: 'center',
    title: 'Message',
    icon: 'Webhook',
    centerOverlay: true,
    listed: false,
    params: z.object({ message_id: z.string().default('') }),
  },
  async (ctx, { message_id }) => {
    const one = message_id === '' ? null : await messagesOf(ctx.store).find(message_id)
    if (!one) return ui.Empty('This message is not kept any more.', { icon: 'MailX' })
    const { headers, body, content_type } = one.data
    const cut = cutOf(one, readerOf(ctx).number)
    const note = cut === null ? [] : [ui.Alert(cut, { type: 'info' })]
    return ui.Page(
      [
        ...note,
        ui.KeyValue(Object.entries(headers).map(([key, value]) => ({ key, value }))),
        ui.Code(body, { language: /json/.test(content_type) ? 'json' : 'text' }),
      ],
      { title: titleOf(one), subtitle: readerOf(ctx).moment(one.createdAt) },
    )
  },
)
