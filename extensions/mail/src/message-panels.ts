import { readerOf, ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { accountsOf, ask, type Folders, MailId, partyText, subjectOf } from './mailbox.ts'
import { trouble } from './panels.ts'
import { readSource } from './read-source.ts'
import { fetchMail } from './reading-functions.ts'
import { recipientsOf, replyMail, sendMail } from './sending-functions.ts'
import { deleteMail, markMail, moveMail } from './sorting-functions.ts'

const alsoTo = (cc: readonly string[]) =>
  ui.Select(
    [
      { value: '', label: 'The sender alone' },
      { value: cc.join(', '), label: `Also ${cc.join(', ')}` },
    ],
    { label: 'Who gets it', paramName: 'cc', value: '' },
  )

const MOST_SHOWN = 100_000
const sizeText = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 * 1024
      ? `${Math.round(bytes / 1024)} KB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`

ext.panel(
  'message',
  {
    slot: 'center',
    title: 'Mail',
    icon: 'MailOpen',
    centerOverlay: true,
    listed: false,
    refresh: 'on_event:mail.changed,mail.sent',
    params: z.object({ mail_id: z.string().default(''), reply: z.coerce.boolean().default(false) }),
  },
  async (ctx, { mail_id, reply }) => {
    if (!MailId.safeParse(mail_id).success) return ui.Empty('This mail is not there any more.', { icon: 'MailX' })
    const answer = await fetchMail(ctx, mail_id)
    if (answer.status === 404) return ui.Empty('This mail is not in that folder any more.', { icon: 'MailX' })
    if (!answer.ok) return trouble(answer)
    const { message, source, truncated } = answer.body
    const { text, attachments } = await readSource(source)
    const title = subjectOf(message)
    if (reply) {
      const account = (await accountsOf(ctx.store).query({ orderBy: '-created_at', limit: 1 })).data[0]
      const { to, cc } = recipientsOf(message, account?.data.email ?? '', true)
      return ui.Page(
        [
          ui.BackButton('the mail', { onClick: ui.Call('__panel__message', { mail_id }) }),
          ...(message.answered ? [ui.Alert('This mail is answered.', { type: 'success' })] : []),
          ui.Form(
            [
              ui.TextArea({ label: `To ${to.join(', ')}`, paramName: 'text', rows: 10, placeholder: 'Your answer' }),
              ...(cc.length === 0 ? [] : [alsoTo(cc)]),
            ],
            {
              action: replyMail.functionName,
              submitLabel: 'Send',
              defaults: { mail_id, to: to.join(', ') },
              // An answer that was sent leaves the form, so that nobody sends it twice.
              node: { revision: String(message.answered) },
            },
          ),
        ],
        { title: `Answer to “${title}”` },
      )
    }
    const folders = await ask(ctx).request<z.infer<typeof Folders>>('GET', '/v1/mailbox/folders')
    const elsewhere = folders.ok ? folders.body.folders.filter(({ path }) => path !== message.folder).slice(0, 20) : []
    const toolbar = ui.Stack(
      [
        ui.Button('Reply', {
          icon: 'Reply',
          size: 'sm',
          onClick: ui.Call('__panel__message', { mail_id, reply: true }),
        }),
        ui.Button(message.seen ? 'Mark as unread' : 'Mark as read', {
          icon: message.seen ? 'Mail' : 'MailOpen',
          size: 'sm',
          variant: 'secondary',
          onClick: ui.Call(markMail, { mail_ids: [mail_id], read: !message.seen }),
        }),
        ui.Button(message.flagged ? 'Take the flag away' : 'Flag', {
          icon: 'Star',
          size: 'sm',
          variant: 'ghost',
          onClick: ui.Call(markMail, { mail_ids: [mail_id], flagged: !message.flagged }),
        }),
        ...(elsewhere.length === 0
          ? []
          : [
              ui.Menu(
                elsewhere.map(({ name, path }) => ({
                  label: name,
                  onClick: ui.Call(moveMail, { mail_ids: [mail_id], to_folder: path }),
                })),
                { trigger: ui.Button('Move to', { icon: 'FolderInput', size: 'sm', variant: 'ghost' }) },
              ),
            ]),
        ui.Button('Delete', {
          icon: 'Trash2',
          size: 'sm',
          variant: 'danger',
          onClick: ui.Call(deleteMail, { mail_ids: [mail_id], subjects: title }),
        }),
      ],
      { direction: 'h', sticky: true, wrap: true },
    )
    const head = [
      { key: 'From', value: message.from.map(partyText).join(', ') },
      { key: 'To', value: message.to.map(partyText).join(', ') },
      ...(message.cc.length === 0 ? [] : [{ key: 'Copy to', value: message.cc.map(partyText).join(', ') }]),
      { key: 'Date', value: readerOf(ctx).moment(message.date) },
      ...attachments.map(({ name, bytes }) => ({ key: 'Attachment', value: `${name} (${sizeText(bytes)})` })),
    ]
    const note = truncated || text.length > MOST_SHOWN
    return ui.Page(
      [
        toolbar,
        ui.KeyValue(head, { columns: 1 }),
        ui.Divider(),
        // As text, never as HTML: nothing of a mail is fetched or run, and no picture tells its sender that it was opened.
        text === '' ? ui.Text('This mail has no text.', { variant: 'caption' }) : ui.Text(text.slice(0, MOST_SHOWN)),
        ...(note ? [ui.Alert('The mail is longer; its beginning is shown.', { type: 'info' })] : []),
      ],
      { title },
    )
  },
)

ext.panel(
  'compose',
  {
    slot: 'center',
    title: 'Write',
    icon: 'PenLine',
    centerOverlay: true,
    refresh: 'on_event:mail.connected,mail.sent',
  },
  async (ctx) => {
    const account = (await accountsOf(ctx.store).query({ orderBy: '-created_at', limit: 1 })).data[0]
    if (!account) return ui.Empty('Connect a mailbox first.', { icon: 'Mail' })
    const folders = await ask(ctx).request<z.infer<typeof Folders>>('GET', '/v1/mailbox/folders')
    const sent = folders.ok ? folders.body.folders.find(({ role }) => role === 'sent')?.total : undefined
    const form = ui.Form(
      [
        ui.Input({ label: 'To', paramName: 'to', placeholder: 'ada@example.com, bob@example.com', required: true }),
        ui.Input({ label: 'Copy to', paramName: 'cc' }),
        ui.Input({ label: 'Subject', paramName: 'subject', required: true }),
        ui.TextArea({ label: 'Text', paramName: 'text', rows: 14 }),
      ],
      // A mail that was sent leaves the form.
      { action: sendMail.functionName, submitLabel: 'Send', node: { revision: String(sent ?? 0) } },
    )
    return ui.Page([form], {
      title: 'Write a mail',
      subtitle: `From ${account.data.email}. You are asked before it is sent.`,
    })
  },
)
