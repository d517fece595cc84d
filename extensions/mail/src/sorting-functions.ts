import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { Changed, chat } from './extension.ts'
import { ask, MailId, placeOf, refusal } from './mailbox.ts'

const MailIds = z.array(MailId).min(1).max(100)

/** By folder: one request of the server moves many mails, but of one folder only. */
function byFolder(ids: readonly string[]): ReadonlyMap<string, number[]> {
  const places = ids.map(placeOf)
  return new Map(
    [...Map.groupBy(places, ({ folder }) => folder)].map(([folder, all]) => [folder, all.map(({ uid }) => uid)]),
  )
}

async function each(ctx: object, path: string, ids: readonly string[], more: object) {
  let changed = 0
  let keptIn: string | null = null
  for (const [folder, uids] of byFolder(ids)) {
    const answer = await ask(ctx).request<Record<string, number | string | null>>('POST', path, {
      body: { folder, uids, ...more },
    })
    if (!answer.ok) return { failure: refusal(answer) }
    const { moved, marked, deleted, kept_in } = answer.body
    changed += Number(moved ?? marked ?? deleted ?? 0)
    if (typeof kept_in === 'string') keptIn = kept_in
  }
  return { changed, keptIn }
}

export const markMail = chat.function(
  'mark_mail',
  {
    description: 'Mark mails as read or unread, or give them a flag or take it away.',
    actionType: 'write',
    effects: ['update:mail'],
    event: Changed,
    params: z.object({
      mail_ids: MailIds,
      read: z.boolean().optional().describe('true for read, false for unread.'),
      flagged: z.boolean().optional(),
    }),
    returns: z.object({ marked: z.number().int() }),
  },
  async (ctx, { mail_ids, read, flagged }) => {
    if (read === undefined && flagged === undefined)
      return ActionResult.error('Say how to mark them.', { code: 'NOTHING_TO_MARK' })
    const done = await each(ctx, '/v1/mailbox/mark', mail_ids, { seen: read, flagged })
    if ('failure' in done) return done.failure
    return ActionResult.success({ marked: done.changed }, `Marked ${done.changed} mail(s).`)
  },
)

export const moveMail = chat.function(
  'move_mail',
  {
    description: 'Move mails into another folder of the mailbox; they can be moved back.',
    actionType: 'write',
    effects: ['update:mail'],
    event: Changed,
    params: z.object({
      mail_ids: MailIds,
      to_folder: z.string().min(1).max(500).describe('Folder path from list_folders.'),
    }),
    returns: z.object({ moved: z.number().int() }),
  },
  async (ctx, { mail_ids, to_folder }) => {
    const done = await each(ctx, '/v1/mailbox/move', mail_ids, { to: to_folder })
    if ('failure' in done) return done.failure
    return ActionResult.success({ moved: done.changed }, `Moved ${done.changed} mail(s) to ${to_folder}.`)
  },
)

export const deleteMail = chat.function(
  'delete_mail',
  {
    description: 'Delete mails: they go to the trash folder, and from there, or without one, they are gone for good.',
    actionType: 'destructive',
    effects: ['delete:mail'],
    event: Changed,
    params: z.object({
      mail_ids: MailIds,
      subjects: z
        .string()
        .max(500)
        .default('')
        .describe('Subjects as they were read; shown to the person who is asked.'),
    }),
    returns: z.object({ deleted: z.number().int(), kept_in: z.string().nullable() }),
  },
  async (ctx, { mail_ids }) => {
    const done = await each(ctx, '/v1/mailbox/delete', mail_ids, {})
    if ('failure' in done) return done.failure
    const { changed: deleted, keptIn: kept_in } = done
    const said = kept_in === null ? `Deleted ${deleted} mail(s) for good.` : `Moved ${deleted} mail(s) to ${kept_in}.`
    return ActionResult.success({ deleted, kept_in }, said)
  },
)
