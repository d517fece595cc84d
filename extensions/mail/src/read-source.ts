import PostalMime, { type Email } from 'postal-mime'
import { textOfHtml } from './text-of-html.ts'

export interface MailText {
  readonly text: string
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: number }[]
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
const sizeOf = (content: Email['attachments'][number]['content']): number =>
  typeof content === 'string' ? content.length : content.byteLength

/** Takes the source of a message apart. What is broken in it is left out, not refused. */
export async function readSource(base64: string): Promise<MailText> {
  const email = await new PostalMime({ maxNestingDepth: 32 }).parse(bytesOf(base64))
  const plain = email.text?.trim() ?? ''
  return {
    text: plain === '' ? textOfHtml(email.html ?? '') : plain,
    attachments: email.attachments.slice(0, 50).map(({ filename, mimeType, content }) => ({
      name: (filename ?? '').slice(0, 200) || 'without a name',
      type: mimeType.slice(0, 100),
      bytes: sizeOf(content),
    })),
  }
}
