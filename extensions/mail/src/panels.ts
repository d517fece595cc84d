import { type PanelContext, type Reader, readerOf, type UINode, ui } from '@imperal/sdk'
import type { PlatformAnswer } from '@imperal/sdk/platform'
import * as z from 'zod'
import { checkMailbox, connectMailbox, disconnectMailbox } from './account-functions.ts'
import { ext, password } from './extension.ts'
import { accountsOf, ask, type Folders, type Found, type Mail, mailId, partyName, subjectOf } from './mailbox.ts'
import { addressOf } from './servers.ts'
import { deleteMail, markMail } from './sorting-functions.ts'

const REFRESH = 'on_event:mail.connected,mail.sent,mail.changed'
const PAGE = 50

/** What stands in place of mail that cannot be had, with the way on. */
export function trouble({ problem }: Pick<PlatformAnswer, 'problem'>): UINode {
  return ui.Stack(
    [
      ui.Alert(problem, { type: 'warning' }),
      ui.Button('Settings of the mailbox', { icon: 'Settings', size: 'sm', onClick: ui.Call('__panel__settings', {}) }),
    ],
    { gap: 2 },
  )
}

const who = ({ from }: Mail): string => from.map(partyName).join(', ') || 'somebody'

/** The time of day for mail of today, and the day for everything before. */
const arrived = ({ date }: Mail, reader: Reader, now: string): string =>
  reader.day(date) === reader.day(now) ? reader.clock(date) : reader.day(date)

// The shell tells a panel at the left what stands in the center (ui 5.5), so that it can mark the row.
const Center = z.object({ __active__: z.object({ params: z.object({ mail_id: z.string() }) }) })

function row(mail: Mail, reader: Reader, { now, openId }: { now: string; openId: string | undefined }): UINode {
  const id = mailId(mail)
  return ui.ListItem(id, subjectOf(mail), {
    subtitle: who(mail),
    selected: id === openId,
    icon: mail.flagged ? 'Star' : mail.seen ? 'MailOpen' : 'Mail',
    meta: arrived(mail, reader, now),
    ...(mail.seen ? {} : { badge: ui.Badge('new', { color: 'blue' }) }),
    onClick: ui.Call('__panel__message', { mail_id: id }),
    actions: [
      {
        icon: mail.seen ? 'Mail' : 'MailOpen',
        label: mail.seen ? 'Mark as unread' : 'Mark as read',
        onClick: ui.Call(markMail, { mail_ids: [id], read: !mail.seen }),
      },
      {
        icon: 'Trash2',
        label: 'Delete',
        onClick: ui.Call(deleteMail, { mail_ids: [id], subjects: subjectOf(mail) }),
      },
    ],
  })
}

async function ready(ctx: PanelContext): Promise<UINode | null> {
  const { data } = await accountsOf(ctx.store).query({ limit: 1 })
  if (data.length === 0)
    return ui.Stack([
      ui.Empty('Connect your mailbox to read and write mail here.', { icon: 'Mail' }),
      ui.Button('Connect a mailbox', { icon: 'Plug', onClick: ui.Call('__panel__settings', {}) }),
    ])
  if (await ctx.secrets.isSet(password)) return null
  return ui.Stack([
    ui.Alert('The password of the mailbox is not stored yet.', { type: 'warning' }),
    ui.Button('Store the password', { icon: 'KeyRound', onClick: ui.Navigate(`/ext/${ctx.appId}/secrets`) }),
  ])
}

const FolderParams = z.looseObject({ folder: z.string().default('INBOX'), text: z.string().default('') })

ext.panel(
  'inbox',
  { slot: 'left', title: 'Mail', icon: 'Mail', refresh: REFRESH, defaultWidth: 380, params: FolderParams },
  async (ctx, { folder, text, ...rest }) => {
    const openId = Center.safeParse(rest).data?.__active__.params.mail_id
    const missing = await ready(ctx)
    if (missing !== null) return missing
    const query = { folder, limit: PAGE, text: text.trim() || undefined }
    const [folders, found] = await Promise.all([
      ask(ctx).request<z.infer<typeof Folders>>('GET', '/v1/mailbox/folders'),
      ask(ctx).request<Found>('GET', '/v1/mailbox/messages', { query }),
    ])
    if (!folders.ok) return trouble(folders)
    const toolbar = ui.Stack(
      [
        ui.Button('Write', { icon: 'PenLine', size: 'sm', onClick: ui.Call('__panel__compose', {}) }),
        ui.Button('Refresh', {
          icon: 'RefreshCw',
          size: 'sm',
          variant: 'ghost',
          onClick: ui.Call('__panel__inbox', { folder, text }),
        }),
        ui.Button('Settings', {
          icon: 'Settings',
          size: 'sm',
          variant: 'ghost',
          onClick: ui.Call('__panel__settings', {}),
        }),
      ],
      { direction: 'h', sticky: true, wrap: true },
    )
    const choice = ui.Select(
      folders.body.folders.map(({ path, name, unread }) => ({
        value: path,
        label: unread > 0 ? `${name} (${unread})` : name,
      })),
      { paramName: 'folder', value: folder, onChange: ui.Call('__panel__inbox', {}) },
    )
    const search = ui.Input({
      paramName: 'text',
      value: text,
      placeholder: 'Search in this folder',
      onSubmit: ui.Call('__panel__inbox', { folder }),
    })
    if (!found.ok) return ui.Stack([toolbar, choice, search, trouble(found)], { gap: 2 })
    const { messages, total, has_more } = found.body
    const list =
      messages.length === 0
        ? ui.Text(text === '' ? 'This folder is empty.' : 'Nothing fits.', { variant: 'caption' })
        : ui.List(
            messages.map((mail) => row(mail, readerOf(ctx), { now: ctx.time.nowUtc, openId })),
            { pageSize: PAGE },
          )
    const more = has_more
      ? [ui.Text(`The newest ${PAGE} of ${total}. Search for older mail.`, { variant: 'caption' })]
      : []
    return ui.Stack([toolbar, choice, search, list, ...more], { gap: 2 })
  },
)

ext.panel(
  'settings',
  { slot: 'center', title: 'Mailbox', icon: 'Settings', centerOverlay: true, refresh: REFRESH },
  async (ctx) => {
    const account = (await accountsOf(ctx.store).query({ orderBy: '-created_at', limit: 1 })).data[0]?.data
    const hasPassword = await ctx.secrets.isSet(password)
    const state = account
      ? [
          ui.KeyValue([
            { key: 'Mailbox', value: account.email },
            { key: 'Reads at', value: addressOf(account.imap) },
            { key: 'Sends by', value: addressOf(account.smtp) },
            { key: 'Password', value: hasPassword ? 'stored' : 'not stored yet' },
          ]),
          ui.Stack(
            [
              ui.Button(hasPassword ? 'Replace the password' : 'Store the password', {
                icon: 'KeyRound',
                variant: hasPassword ? 'secondary' : 'primary',
                onClick: ui.Navigate(`/ext/${ctx.appId}/secrets`),
              }),
              ui.Button('Check the connection', {
                icon: 'PlugZap',
                variant: 'secondary',
                disabled: !hasPassword,
                onClick: ui.Call(checkMailbox, {}),
              }),
              ui.Button('Disconnect', { icon: 'Unplug', variant: 'danger', onClick: ui.Call(disconnectMailbox, {}) }),
            ],
            { direction: 'h', wrap: true },
          ),
          ui.Divider(),
        ]
      : []
    const form = ui.Form(
      [
        ui.Input({
          label: 'Address',
          paramName: 'email',
          type: 'email',
          placeholder: 'ada@example.com',
          required: true,
        }),
        ui.Input({ label: 'Your name', paramName: 'name', placeholder: 'Ada Lovelace' }),
        ui.Input({ label: 'Server for reading (IMAP)', paramName: 'imap_server', placeholder: 'found by the address' }),
        ui.Input({ label: 'Server for sending (SMTP)', paramName: 'smtp_server', placeholder: 'found by the address' }),
        ui.Input({ label: 'Name for signing in', paramName: 'username', placeholder: 'the address' }),
      ],
      { action: connectMailbox.functionName, submitLabel: account ? 'Connect another mailbox instead' : 'Connect' },
    )
    return ui.Page([...state, form], {
      title: 'Mailbox',
      subtitle:
        'Any provider that speaks IMAP and SMTP with a password. The password is stored encrypted and never shown.',
    })
  },
)
