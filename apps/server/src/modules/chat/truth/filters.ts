import { normalizeMarkdown } from '@imperal/contract/guards'
import { MARKS } from '../understand/prompts.ts'

const MARK = new RegExp(`</?\\s*(?:${MARKS.join('|')})(?::[\\w-]+)?\\s*>`, 'gi')
const CONTEXT_LINE =
  /^\s*(?:last_app|last_function|last_extension|referenced_ids|previous_response|pending confirmation|TASK \w+)\s*:.*$/gim
const MAKERS =
  'OpenAI|Anthropic|Google(?: DeepMind)?|Meta(?: AI)?|Mistral(?: AI)?|DeepSeek|Alibaba(?: Cloud)?|Microsoft|xAI'
const MODELS =
  'ChatGPT|GPT-?\\d[\\w.-]*|Claude(?: [\\w.-]+)?|Gemini(?: [\\w.-]+)?|Llama(?: ?\\d[\\w.]*)?|Mistral|Qwen[\\w.-]*|DeepSeek[\\w.-]*|Grok|Copilot'
const IDENTITY = new RegExp(
  `(I am|I['’]m|My name is|This is|Ich bin|Я|Soy|Je suis) (?:an? )?(?:(?:AI |large |language )*(?:model|assistant)[ ,]*)?(?:named |called )?(?:${MODELS})\\b[^.!?\\n]*`,
  'gi',
)
const MADE_BY = new RegExp(
  `,?\\s*(?:(?:developed|trained|created|made|built|powered) by|entwickelt von|от) (?:${MAKERS})\\b`,
  'gi',
)
const AS_MODEL = /\bAs an? (?:AI|artificial intelligence)(?: language)?(?: model| assistant)?,\s*(\p{L})/giu
const EMOJI =
  /(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*|[\u{1F1E6}-\u{1F1FF}]{2})/gu
const KEPT_SIGNS = new Set(['©', '®', '™'])
const FILLER =
  /^(?:(?:certainly|of course|sure thing|absolutely|great question|good question|no problem|happy to help|natürlich|gerne|конечно|claro que sí|bien sûr)[!,.]+\s*)+(?=\S)/iu

const withoutMarks = (text: string): string => text.replace(MARK, '').replace(CONTEXT_LINE, '')

/** One assistant identity, whatever model speaks (kernel 9.6); the platform's name is spelled right (I-M-P-E-R-A-L). */
function withIdentity(text: string, name: string, evidence: string): string {
  const own = text
    .replace(MADE_BY, '')
    .replace(IDENTITY, `$1 ${name}`)
    .replace(AS_MODEL, (_, letter: string) => letter.toUpperCase())
  return evidence.includes('Imperial') ? own : own.replace(/\bImperial\b/g, 'Imperal')
}

/** No emoji, no opening filler (K1.8). */
export function withStyle(text: string): string {
  let styled = text.replace(EMOJI, (sign) => (KEPT_SIGNS.has(sign) ? sign : ''))
  for (let before = ''; before !== styled; ) {
    before = styled
    styled = styled.replace(FILLER, '')
  }
  return styled.replaceAll(/[^\S\n]{2,}(?=\S)/g, (gap, at: number, whole: string) =>
    at === 0 || whole[at - 1] === '\n' ? gap : ' ',
  )
}

export interface FilterOptions {
  readonly assistantName: string
  /** A model wrote it; else it holds the words of apps and of the person, which stay as they are. */
  readonly byModel: boolean
  /** What the text may rest on. */
  readonly evidence?: string
}

/**
 * The filters that every text passes on its way to a person, in the order of K1.8. When they would leave nothing, the first
 * line that says something stays.
 */
export function finishText(text: string, options: FilterOptions): string {
  const unmarked = withoutMarks(text)
  const filtered = options.byModel
    ? withStyle(withIdentity(unmarked, options.assistantName, options.evidence ?? ''))
    : unmarked
  const finished = normalizeMarkdown(filtered)
  if (finished !== '') return finished
  const meant = normalizeMarkdown(unmarked)
    .split('\n')
    .find((line) => /\p{L}/u.test(line))
  return meant ?? ''
}
