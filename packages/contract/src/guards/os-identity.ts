const CYRILLIC = /\p{Script=Cyrillic}/u
// With what divides them, so that lines and lists keep their form.
const SENTENCE = /[^\n]*?(?:[.!?]+(?=\s|$)|$)[^\S\n]*|\n+/gm
// A few words between the verb and the app: "ask the mail extension", and not whatever sentence has both somewhere.
const OTHER_APP =
  /\b(?:use|open|try|ask|switch to|go to|check)\s+(?:[^\s.!?]+\s+){0,3}?(?:extension|app)\b|(?:используйте|откройте|обратитесь|перейдите)[^.!?\n]*(?:расширени|приложени)/iu
/** Where apps are found and set up: parts of the platform, which a person may well be sent to. */
const OWN_PLACE = /\b(?:marketplace|settings)\b|маркетплейс|магазин|настройк/iu
// What any assistant may call itself is no module.
const AS_MODULE =
  /\b(?:(?:I['’]m|I am)|as)\s+(?:the|your|an?)\s+(?!(?:AI|personal|digital|virtual|helpful|friendly)\b)[\w-]+\s+(?:assistant|module|extension|app|bot|agent)\b|(?:^|\s)я\s*[—–-]?\s*(?:ваш\s+)?(?:модуль|расширение|ассистент|помощник)|как\s+ваш(?:е)?\s+[\p{L}-]*\s*(?:модуль|расширение|ассистент|помощник)/iu
const MAKERS =
  'OpenAI|Anthropic|Google(?: DeepMind)?|Meta(?: AI)?|Mistral(?: AI)?|DeepSeek|Alibaba(?: Cloud)?|Microsoft|xAI'
const MODELS =
  'ChatGPT|GPT-?\\d[\\w.-]*|Claude(?: [\\w.-]+)?|Gemini(?: [\\w.-]+)?|Llama(?: ?\\d[\\w.]*)?|Mistral|Qwen[\\w.-]*|DeepSeek[\\w.-]*|Grok|Copilot'
const AS_OTHER = new RegExp(
  `(I am|I['’]m|My name is|This is|Ich bin|Я|Soy|Je suis) (?:an? )?(?:(?:AI |large |language )*(?:model|assistant)[ ,]*)?(?:named |called )?(?:${MODELS})\\b[^.!?\\n]*`,
  'gi',
)
const MADE_BY = new RegExp(
  `,?\\s*(?:(?:developed|trained|created|made|built|powered) by|entwickelt von|от) (?:${MAKERS})\\b`,
  'gi',
)
const AS_MODEL = /\bAs an? (?:AI|artificial intelligence)(?: language)?(?: model| assistant)?,\s*(\p{L})/giu

export interface IdentityOptions {
  /** Who speaks, whatever model does; default `Webbee`. */
  readonly assistantName?: string
  /** What the text may quote: sentences whose words stand there are no invention of the model. */
  readonly evidence?: string
  /** What is said where nothing is left; default: an offer of help, in English or in Russian as the text was. */
  readonly emptied?: string
}

/** The names of models and of their makers give way to the one of the assistant; the platform's own is spelled right. */
function withOneName(text: string, name: string, evidence: string): string {
  const own = text
    .replace(MADE_BY, '')
    .replace(AS_OTHER, `$1 ${name}`)
    .replace(AS_MODEL, (_, letter: string) => letter.toUpperCase())
  return evidence.includes('Imperial') ? own : own.replace(/\bImperial\b/g, 'Imperal')
}

/**
 * One assistant speaks, whatever model wrote the text (sdk.md 9.9, kernel 9.6): takes out sentences that send the user to
 * another app or in which the assistant claims to be a module, puts its name in place of a model's, and spells the
 * platform's name right (I-M-P-E-R-A-L).
 */
export function enforceOsIdentity(
  text: string,
  { assistantName = 'Webbee', evidence = '', emptied }: IdentityOptions = {},
): string {
  const named = withOneName(text, assistantName, evidence)
  const known = evidence.toLowerCase()
  const isForeign = (sentence: string): boolean => {
    const sends = OWN_PLACE.test(sentence) ? null : OTHER_APP.exec(sentence)
    const claims = sentence.includes(assistantName) ? null : AS_MODULE.exec(sentence)
    return [sends, claims].some((match) => match !== null && !known.includes(match[0].trim().toLowerCase()))
  }
  const kept = named.replace(SENTENCE, (sentence) => (isForeign(sentence) ? '' : sentence))
  if (kept === named) return named
  if (/[\p{L}\p{N}]/u.test(kept)) return kept.trim()
  return emptied ?? (CYRILLIC.test(text) ? 'Чем могу помочь?' : 'How can I help?')
}
