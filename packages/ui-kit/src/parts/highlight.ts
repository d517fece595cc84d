import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore, type LanguageInput } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'

/** A piece of program text, in the colour of what it is. */
export interface CodeToken {
  readonly text: string
  /** A CSS colour; empty for plain text. */
  readonly color: string
}

const LANGUAGES: Readonly<Record<string, LanguageInput>> = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  graphql: () => import('shiki/langs/graphql.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  jsx: () => import('shiki/langs/jsx.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
}
const ALIASES: Readonly<Record<string, string>> = {
  'c#': 'csharp',
  'c++': 'c',
  cpp: 'c',
  cs: 'csharp',
  dockerfile: 'docker',
  gql: 'graphql',
  js: 'javascript',
  kt: 'kotlin',
  md: 'markdown',
  mjs: 'javascript',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svg: 'xml',
  ts: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
}

const THEME = createCssVariablesTheme({ name: 'im', variablePrefix: '--code-', fontStyle: false })
const MAX_LENGTH = 50_000
let core: Promise<HighlighterCore> | undefined

/** The name of the grammar for a language, or undefined for one that is shown plain. */
export function grammarOf(language: string): string | undefined {
  const name = language.trim().toLowerCase()
  const known = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name
  return known !== undefined && Object.hasOwn(LANGUAGES, known) ? known : undefined
}

/** The lines of program text in colour; null for an unknown language and for text that is too long. */
export async function highlight(code: string, language: string): Promise<readonly (readonly CodeToken[])[] | null> {
  const grammar = grammarOf(language)
  if (grammar === undefined || code.length > MAX_LENGTH) return null
  // Expressions of the engine are plain RegExp: no WebAssembly, which the page's policy forbids.
  core ??= createHighlighterCore({
    themes: [THEME],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  })
  const highlighter = await core
  const load = LANGUAGES[grammar]
  if (load !== undefined) await highlighter.loadLanguage(load)
  const lines = highlighter.codeToTokensBase(code, { lang: grammar, theme: 'im', tokenizeTimeLimit: 200 })
  return lines.map((line) => line.map(({ content, color }) => ({ text: content, color: color ?? '' })))
}
