import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ImapServer, startImapServer } from '../../../../../test/support/imap-server.ts'
import type { OpenAccount } from './account.ts'
import { inFolder } from './folders.ts'
import { openImapConnections } from './imap-connections.ts'
import { type MailSearch, searchMessages } from './messages.ts'

const ada = { user: 'ada@example.com', password: 'k0rn-blume-wind' }
const connections = openImapConnections({ addressOf: async () => '127.0.0.1' })
let imap: ImapServer
beforeAll(async () => {
  imap = await startImapServer(ada)
})
afterAll(async () => {
  await connections.close()
  await imap.close()
})

const search = (asked: MailSearch) => {
  const server = { host: '127.0.0.1', port: imap.port, security: 'none' } as const
  const account: OpenAccount = {
    ...{ email: ada.user, name: 'Ada', username: ada.user, password: ada.password },
    ...{ imap: server, smtp: server },
  }
  return connections.use(account, (client) => inFolder(client, 'INBOX', () => searchMessages(client, 'INBOX', asked)))
}

test('an empty folder has no messages, and says by which numbers they would count', async () => {
  expect(await search({ limit: 5 })).toEqual({ messages: [], total: 0, has_more: false, uid_validity: '7' })
})

test('a search that the server refuses is a failure, not an empty folder', async () => {
  imap.deliver('From: grace@example.com\nSubject: Hello\n\nHi.\n')
  expect(await search({ limit: 5 })).toMatchObject({ total: 1, uid_validity: '7' })
  await expect(search({ subject: 'the index is broken', limit: 5 })).rejects.toMatchObject({
    responseText: 'The search failed.',
  })
})
