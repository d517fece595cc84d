import type { AssistantLimits } from '@imperal/contract'
import type { LlmBlock, LlmMessage } from '../llm/index.ts'
import { flatText } from './thread.ts'

/** One message with the place to fold up to. */
export interface Placed {
  readonly position: number
  readonly message: LlmMessage
}

export interface Thread {
  /** What was folded before; null: nothing. */
  readonly summary: string | null
  readonly messages: readonly Placed[]
}

export interface Folded extends Thread {
  /** Position up to which `summary` tells what was said. */
  readonly upTo: number
}

/** Writes a shorter text of a longer one; `isCut`: it ran into the limit of its tokens. */
export type Shorten = (text: string, maxTokens: number) => Promise<{ readonly text: string; readonly isCut: boolean }>

export type FoldLimits = Pick<
  AssistantLimits,
  'coding_thread_chars' | 'coding_keep_messages' | 'coding_fold_chars' | 'coding_fold_rounds' | 'coding_fold_seconds'
>

const FOLD_TOKENS = 4000
const sizeOf = ({ message }: Placed): number =>
  typeof message.content === 'string' ? message.content.length : JSON.stringify(message.content).length
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const sizeOfThread = ({ summary, messages }: Thread): number => (summary?.length ?? 0) + sum(messages.map(sizeOf))

const holds = (content: LlmMessage['content'], type: LlmBlock['type']): boolean =>
  typeof content !== 'string' && content.some((block) => block.type === type)

/** Results stay with the calls that they answer. */
const mayBegin = (placed: Placed | undefined): boolean =>
  placed !== undefined && !holds(placed.message.content, 'tool_result')

/** The beginning and the end of a text, with a mark of what is left out between them. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text
  const note = `\n[… ${text.length - most} characters left out …]\n`
  const room = Math.max(0, most - note.length)
  const head = Math.ceil(room / 2)
  return `${text.slice(0, head)}${note}${text.slice(text.length - (room - head))}`
}

const textOf = (summary: string | null, part: readonly Placed[]): string =>
  [summary ?? '', ...part.map(({ message }) => `${message.role}: ${flatText(message.content)}`)]
    .filter((text) => text !== '')
    .join('\n\n')

/** Shortens with the model, once again with twice the tokens when it was cut, and then by cutting (kernel 4.10). */
async function shorter(text: string, shorten: Shorten): Promise<string> {
  for (const tokens of [FOLD_TOKENS, FOLD_TOKENS * 2]) {
    const answer = await shorten(text, tokens).catch(() => null) // whatever fails, the thread has to fit
    if (answer === null) break
    if (!answer.isCut && answer.text !== '' && answer.text.length < text.length) return answer.text
  }
  return clip(text, FOLD_TOKENS)
}

/** The oldest messages that one folding reads, ending where a thread may begin. */
function oldest(messages: readonly Placed[], limits: FoldLimits, room: number): number {
  const most = messages.length - limits.coding_keep_messages
  let count = 0
  let size = 0
  while (count < most) {
    size += sizeOf(messages[count] as Placed) // below the length
    count++
    if (size >= room && mayBegin(messages[count])) break
  }
  while (count > 0 && !mayBegin(messages[count])) count--
  return count
}

/** Cuts the longest contents of what has to stay, until everything fits. */
function squeeze(thread: Folded, most: number): Folded {
  let share = Math.floor(most / Math.max(1, thread.messages.length + 1))
  let current: Folded = thread
  while (sizeOfThread(current) > most && share > 50) {
    const room = share
    const cutBlock = (block: LlmBlock): LlmBlock => {
      if (block.type === 'text') return { ...block, text: clip(block.text, room) }
      if (block.type === 'tool_result') return { ...block, content: clip(block.content, room) }
      const isLong = JSON.stringify(block.input).length > room
      return isLong ? { ...block, input: { left_out: `${JSON.stringify(block.input).length} characters` } } : block
    }
    current = {
      ...thread,
      summary: thread.summary === null ? null : clip(thread.summary, room),
      messages: thread.messages.map(({ position, message: { role, content } }) => ({
        position,
        message: { role, content: typeof content === 'string' ? clip(content, room) : content.map(cutBlock) },
      })),
    }
    share = Math.floor(share / 2)
  }
  while (sizeOfThread(current) > most && current.messages.length > 1) {
    const next = current.messages.findIndex((placed, index) => index > 0 && mayBegin(placed))
    if (next < 0) break
    current = { ...current, messages: current.messages.slice(next) }
  }
  return current
}

/**
 * Makes a thread fit what its model reads: the oldest messages become a summary, the newest stay as they are. Never fails and
 * never answers more than the budget (I-CODING-THREAD-NEVER-OVERFLOWS); every figure of it is an administrator's
 * (I-CODING-THREAD-COMPACTION-ADMIN-TUNABLE).
 */
export async function foldThread(
  thread: Thread & { readonly upTo: number },
  limits: FoldLimits,
  tools: { readonly shorten: Shorten; readonly now: () => number },
): Promise<Folded> {
  const until = tools.now() + limits.coding_fold_seconds * 1000
  let current: Folded = thread
  for (let round = 0; sizeOfThread(current) > limits.coding_thread_chars; round++) {
    const byModel = round < limits.coding_fold_rounds && tools.now() < until
    const count = oldest(current.messages, limits, byModel ? limits.coding_fold_chars : Number.POSITIVE_INFINITY)
    if (count === 0) break
    const part = current.messages.slice(0, count)
    const text = textOf(current.summary, part)
    const summary = byModel
      ? await shorter(clip(text, limits.coding_fold_chars), tools.shorten)
      : clip(text, Math.floor(limits.coding_thread_chars / 10))
    current = { summary, messages: current.messages.slice(count), upTo: part.at(-1)?.position ?? current.upTo }
  }
  return squeeze(current, limits.coding_thread_chars)
}
