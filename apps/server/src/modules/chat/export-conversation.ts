import type { ChatMessage, Conversation } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import { readConversation } from './conversations.ts'
import { type ChatUser, listMessages } from './messages.ts'

const PAGE = 200

async function everyMessage(db: Database, user: ChatUser, conversationId: string): Promise<ChatMessage[]> {
  const pages: ChatMessage[][] = []
  for (let before: string | undefined; ; ) {
    const page = await listMessages(db, user, { conversationId, before, limit: PAGE })
    pages.unshift(page.messages)
    if (page.cursor === null) return pages.flat()
    before = page.cursor
  }
}

/** Text of others inside a code fence that it cannot close. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

const minute = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`

function messageText(message: ChatMessage, assistantName: string): string {
  const who = message.role === 'user' ? 'You' : assistantName
  const files = message.attachments.map((file) => `- attached: ${file.name} (${file.mime}, ${file.size} bytes)`)
  const calls = message.actions.map((action) =>
    [
      `- \`${action.app_id}.${action.function}\`: ${action.status}, ${action.duration_ms} ms, trace ${action.trace_id}`,
      fenced(JSON.stringify(action.arguments, null, 2), 'json'),
    ].join('\n'),
  )
  return [`## ${who}, ${minute(message.created_at)}`, message.text, files.join('\n'), calls.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** A conversation as people read it: who said what and when, and which calls ran for it. */
export function conversationMarkdown(
  conversation: Conversation,
  messages: readonly ChatMessage[],
  assistantName: string,
): string {
  const title = conversation.title.replaceAll(/\s+/g, ' ') || 'Conversation'
  return `${[`# ${title}`, ...messages.map((message) => messageText(message, assistantName))].join('\n\n')}\n`
}

export interface ExportedFile {
  readonly name: string
  readonly type: string
  readonly content: string
}

/** A whole conversation as one file. What was replaced by another wording is not in it. @throws CHAT_NOT_FOUND */
export async function exportConversation(
  db: Database,
  user: ChatUser,
  wanted: { readonly conversationId: string; readonly format: 'markdown' | 'json'; readonly assistantName: string },
): Promise<ExportedFile> {
  const conversation = await readConversation(db, user, wanted.conversationId)
  const messages = await everyMessage(db, user, wanted.conversationId)
  const name =
    conversation.title
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 60) || 'conversation'
  if (wanted.format === 'json') {
    const content = `${JSON.stringify({ format: 'imperal-conversation', version: 1, conversation, messages }, null, 2)}\n`
    return { name: `${name}.json`, type: 'application/json', content }
  }
  const content = conversationMarkdown(conversation, messages, wanted.assistantName)
  return { name: `${name}.md`, type: 'text/markdown; charset=utf-8', content }
}
