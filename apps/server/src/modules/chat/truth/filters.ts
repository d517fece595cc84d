import { enforceOsIdentity, enforceResponseStyle, normalizeMarkdown } from '@imperal/contract/guards'
import { MARKS } from '../understand/prompts.ts'
import { claimsAction } from './claims.ts'

const MARK = new RegExp(`</?\\s*(?:${MARKS.join('|')})(?::[\\w-]+)?\\s*>`, 'gi')
const CONTEXT_LINE =
  /^\s*(?:last_app|last_function|last_extension|referenced_ids|previous_response|pending confirmation|TASK \w+)\s*:.*$/gim

const withoutMarks = (text: string): string => text.replace(MARK, '').replace(CONTEXT_LINE, '')

/** An outcome is told although its line holds an empty phrase as well ("Exported your data to 3 files"). */
const says = (line: string): boolean => /\p{N}/u.test(line) || claimsAction(line)

export interface FilterOptions {
  readonly assistantName: string
  /** A model wrote it; else it holds the words of apps and of the person, which stay as they are. */
  readonly byModel: boolean
  /** What the text may rest on. */
  readonly evidence?: string
}

/**
 * The filters that every text passes on its way to a person, in the order of K1.8; beside the marks of the platform's own
 * prompts they are those of the library. When they would leave nothing, the first line that says something stays. Empty when
 * the text only spoke of another identity: the caller knows better what to say then.
 */
export function finishText(text: string, { assistantName, byModel, evidence = '' }: FilterOptions): string {
  const unmarked = withoutMarks(text)
  if (!byModel) return normalizeMarkdown(unmarked)
  const own = enforceOsIdentity(unmarked, { assistantName, evidence, emptied: '' })
  if (own === '') return ''
  const finished = normalizeMarkdown(enforceResponseStyle(own, { says }))
  if (finished !== '') return finished
  const meant = normalizeMarkdown(own)
    .split('\n')
    .find((line) => /\p{L}/u.test(line))
  return meant ?? ''
}
