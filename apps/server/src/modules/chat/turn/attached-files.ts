import type { ChatAttachment, JsonObject } from '@imperal/contract'
import { extractText } from '../../kernel/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { TurnContext, TurnTools } from './turn-tools.ts'

/** A file that came with this message or an earlier one of the conversation. */
export interface AttachedFile {
  readonly file: ChatAttachment
  /** Null: it is no text, or it is gone. */
  readonly text: string | null
}

const MOST_FILES = 5

/** Those of this message, then those of earlier ones, the newest first. */
export function filesInView(
  own: readonly ChatAttachment[],
  history: readonly { readonly attachments?: readonly ChatAttachment[] }[],
): ChatAttachment[] {
  const all = [...own, ...history.toReversed().flatMap((entry) => entry.attachments ?? [])]
  return [...new Map(all.map((file) => [file.file_id, file])).values()].slice(0, MOST_FILES)
}

function textIn(content: Buffer | null, { mime }: ChatAttachment): string | null {
  if (content === null) return null
  try {
    return extractText(content, mime)
  } catch {
    // Pictures, archives and the like: the assistant knows their name, and functions may take them whole.
    return null
  }
}

export const readAttached = (
  { attachments }: Pick<TurnTools, 'attachments'>,
  user: { readonly tenantId: string; readonly userId: string },
  files: readonly ChatAttachment[],
): Promise<AttachedFile[]> =>
  Promise.all(files.map(async (file) => ({ file, text: textIn(await attachments.read(user, file), file) })))

/** The files as a model reads them, in equal shares of `most` characters; what is cut says so (I-TOOLS-HONEST-TRUNCATION). */
export function attachedLines(files: readonly AttachedFile[], most: number): string {
  const share = Math.floor(most / Math.max(1, files.length))
  return files
    .map(({ file, text }, index) => {
      const head = `file ${index}: ${file.name} (${file.mime}, ${file.size} bytes)`
      if (text === null) return `${head}\n[not readable as text]`
      const cut = text.length > share ? `\n[cut: ${share} of ${text.length} characters]` : ''
      return `${head}\n${text.slice(0, share)}${cut}`
    })
    .join('\n\n')
}

/** Everything that the files say: what ids and claims may rest on, and what no consent comes from. */
export const attachedText = (files: readonly AttachedFile[]): string =>
  files.map(({ file, text }) => `${file.name}\n${text ?? ''}`).join('\n')

const FILE = /^\$FILE\[(\d+)\]$/

/**
 * A planned step whose `$FILE[n]` arguments are the files themselves: what the parameter takes where its app says so, else the
 * whole text, word for word. Null: one of them cannot be given.
 */
export async function withFiles(context: TurnContext, step: PlanStep): Promise<PlanStep | null> {
  const { attached, tools, user } = context
  const args: JsonObject = { ...step.args }
  for (const [parameter, value] of Object.entries(step.args)) {
    const place = typeof value === 'string' ? FILE.exec(value)?.[1] : undefined
    if (place === undefined) continue
    const found = attached[Number(place)]
    const content = found === undefined ? null : await tools.attachments.read(user, found.file)
    if (found === undefined || content === null) return null
    const { appId, name } = step.function
    const file = { filename: found.file.name, mime: found.file.mime, content }
    const given = (await tools.kernel.placeFile(user, { appId, tool: name, parameter, file })) ?? found.text
    if (given === null) return null
    args[parameter] = given
  }
  return { ...step, args }
}
