import { JsonObject } from '@imperal/contract'

const LONGEST = 80
const COMMAND = /^\/[a-z0-9-]+[.:\s]([A-Za-z_]\w*)\s*([\s\S]*)$/

const words = (name: string): string => {
  const plain = name.replaceAll('_', ' ').trim()
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** The first text among the arguments of a command: what it is about. */
function subjectIn(given: string): string {
  try {
    const args = JsonObject.safeParse(JSON.parse(given))
    const first = args.success
      ? Object.values(args.data).find((value) => typeof value === 'string' && value !== '')
      : ''
    return typeof first === 'string' ? first : ''
  } catch {
    // No JSON: the command is wrong, and its answer says so.
    return ''
  }
}

/** What a conversation is called by its first message. A command is told by what it does: “Create note: Groceries”. */
export function titleFor(text: string): string {
  const [, name, given = ''] = COMMAND.exec(text.trim()) ?? []
  if (name === undefined) return text.slice(0, LONGEST)
  return [words(name), subjectIn(given)]
    .filter((part) => part !== '')
    .join(': ')
    .slice(0, LONGEST)
}
