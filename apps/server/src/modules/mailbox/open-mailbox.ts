import { mailbox as contract } from '@imperal/contract'
import type { ImapFlow } from 'imapflow'
import { PlatformError } from '../../foundation/errors.ts'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import { type AccountParts, accountOf, type OpenAccount } from './account.ts'
import { mailboxErrors } from './errors.ts'
import { folderFor, inFolder, listFolders } from './folders.ts'
import { openImapConnections, reasonOf } from './imap-connections.ts'
import { readMessage, searchMessages } from './messages.ts'
import { checkSmtp, sendMessage } from './send-message.ts'

/** Mailboxes of users at servers elsewhere (IMAP and SMTP), for the app `mail`. */
export interface Mailbox {
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

type Person = Parameters<typeof accountOf>[1]

function failure({ imap: { host } }: OpenAccount, problem: unknown): unknown {
  if (problem instanceof PlatformError) return problem
  const { responseText } = (problem ?? {}) as { responseText?: string }
  if (typeof responseText === 'string')
    return mailboxErrors.REFUSED({ host, answer: responseText.slice(0, 300) }, problem)
  return mailboxErrors.UNREACHABLE({ host, why: reasonOf(problem) }, problem)
}

async function remove(client: ImapFlow, folder: string, uids: readonly number[]) {
  const trash = await folderFor(client, 'trash')
  const range = uids.join(',')
  const kept_in = trash === null || trash === folder ? null : trash
  const isDone = await inFolder(client, folder, async () =>
    kept_in === null
      ? client.messageDelete(range, { uid: true })
      : (await client.messageMove(range, kept_in, { uid: true })) !== false,
  )
  return { deleted: isDone ? uids.length : 0, kept_in }
}

export function openMailbox(parts: AccountParts): Mailbox {
  const imap = openImapConnections(parts.egress)
  const using = async <T>(user: Person, work: (client: ImapFlow, account: OpenAccount) => Promise<T>): Promise<T> => {
    const account = await accountOf(parts, user)
    try {
      return await imap.use(account, (client) => work(client, account))
    } catch (problem) {
      throw failure(account, problem)
    }
  }
  const routes: MountedRoute[] = [
    implement(contract.check, ({ user }) =>
      using(user, async (client, account) => {
        const { length: folders } = await client.list()
        await checkSmtp(parts.egress, account)
        return { email: account.email, folders }
      }),
    ),
    implement(contract.folders, ({ user }) => using(user, async (client) => ({ folders: await listFolders(client) }))),
    implement(contract.search, ({ user, query: { folder, ...search } }) =>
      using(user, (client) => inFolder(client, folder, () => searchMessages(client, folder, search))),
    ),
    implement(contract.read, ({ user, query: { folder, uid } }) =>
      using(user, (client) => inFolder(client, folder, () => readMessage(client, folder, uid))),
    ),
    implement(contract.send, async ({ user, body }) =>
      sendMessage({ ...parts, imap }, await accountOf(parts, user), body),
    ),
    implement(contract.mark, ({ user, body: { folder, uids, seen, flagged } }) =>
      using(user, (client) =>
        inFolder(client, folder, async () => {
          const range = uids.join(',')
          for (const [flag, wanted] of [
            ['\\Seen', seen],
            ['\\Flagged', flagged],
          ] as const) {
            if (wanted === true) await client.messageFlagsAdd(range, [flag], { uid: true })
            if (wanted === false) await client.messageFlagsRemove(range, [flag], { uid: true })
          }
          return { marked: uids.length }
        }),
      ),
    ),
    implement(contract.move, ({ user, body: { folder, uids, to } }) =>
      using(user, async (client) => {
        const folders = await client.list()
        if (!folders.some(({ path }) => path === to)) throw mailboxErrors.FOLDER_NOT_FOUND({ folder: to.slice(0, 100) })
        const isDone = await inFolder(client, folder, () => client.messageMove(uids.join(','), to, { uid: true }))
        return { moved: isDone === false ? 0 : uids.length }
      }),
    ),
    implement(contract.delete, ({ user, body: { folder, uids } }) =>
      using(user, (client) => remove(client, folder, uids)),
    ),
  ]
  return { routes, close: imap.close }
}
