import type { MailFolder } from '@imperal/contract'
import type { ImapFlow } from 'imapflow'
import { mailboxErrors } from './errors.ts'

const ROLES: Readonly<Record<string, MailFolder['role']>> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Drafts': 'drafts',
  '\\Trash': 'trash',
  '\\Junk': 'junk',
  '\\Archive': 'archive',
  '\\All': 'all',
  '\\Flagged': 'flagged',
}
const MOST_FOLDERS = 200

/** Folders that hold messages, the ones with a role first. */
export async function listFolders(client: ImapFlow): Promise<MailFolder[]> {
  const listed = await client.list({ statusQuery: { messages: true, unseen: true } })
  const folders = listed
    .filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'))
    .map(
      ({ path, name, specialUse, status }): MailFolder => ({
        path,
        name,
        role: ROLES[specialUse ?? ''] ?? null,
        total: status?.messages ?? 0,
        unread: status?.unseen ?? 0,
      }),
    )
  const order = Object.values(ROLES)
  const rank = ({ role }: MailFolder) => (role === null ? order.length : order.indexOf(role))
  return folders.sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path)).slice(0, MOST_FOLDERS)
}

/** The folder that the server uses for a purpose. */
export async function folderFor(client: ImapFlow, role: 'sent' | 'trash'): Promise<string | null> {
  const listed = await client.list()
  return listed.find(({ specialUse }) => ROLES[specialUse ?? ''] === role)?.path ?? null
}

/** Runs work in an open folder. @throws MAILBOX_FOLDER_NOT_FOUND */
export async function inFolder<T>(client: ImapFlow, folder: string, work: () => Promise<T>): Promise<T> {
  const lock = await client.getMailboxLock(folder).catch((problem: unknown) => {
    const { mailboxMissing, serverResponseCode } = problem as { mailboxMissing?: boolean; serverResponseCode?: string }
    if (mailboxMissing || serverResponseCode === 'NONEXISTENT')
      throw mailboxErrors.FOLDER_NOT_FOUND({ folder: folder.slice(0, 100) }, problem)
    throw problem
  })
  try {
    return await work()
  } finally {
    lock.release()
  }
}
