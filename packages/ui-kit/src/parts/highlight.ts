/** A piece of program text and what it is. */
export interface CodeToken {
  readonly kind: 'plain' | 'comment' | 'string' | 'number' | 'keyword'
  readonly text: string
}

const words = (list: string) => new Set(list.split(' '))
const C_LIKE =
  'if else for while do switch case default break continue return new class extends import export from const let var function async await try catch finally throw typeof instanceof in of this super static public private protected readonly interface type enum void null undefined true false yield as implements package final int long double float boolean char struct fn impl pub mut match use mod trait where self func defer go chan map range select nil'
const KEYWORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  c: words(C_LIKE),
  python: words(
    'def class return if elif else for while in not and or is None True False import from as with try except finally raise lambda yield async await pass break continue global nonlocal assert del self',
  ),
  shell: words(
    'if then else elif fi for in do done while case esac function return exit export local set unset echo cd source sudo',
  ),
  sql: words(
    'select from where and or not in insert into values update set delete create table alter drop join left right inner outer on group by order limit offset having as distinct union all null is like between exists case when then else end count sum avg min max with returning primary key references default index view filter',
  ),
  data: words('true false null yes no'),
}
const FAMILY_NAMES: Readonly<Record<string, string>> = {
  c: 'js jsx ts tsx javascript typescript java kotlin c cpp c++ cs csharp go rust rs swift php dart scala',
  python: 'py python',
  shell: 'sh bash shell zsh',
  sql: 'sql',
  data: 'json yaml yml toml',
}
const FAMILY = new Map(
  Object.entries(FAMILY_NAMES).flatMap(([family, names]) => names.split(' ').map((name) => [name, family] as const)),
)

const COMMENT: Readonly<Record<string, string>> = {
  c: String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`,
  python: String.raw`#[^\n]*`,
  shell: String.raw`#[^\n]*`,
  sql: String.raw`--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`,
  data: String.raw`#[^\n]*`,
}
const STRING = `${String.raw`"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`}\`(?:[^\`\\\\]|\\\\.)*\`?`
const MAX_LENGTH = 50_000

/** Splits program text into tokens; an unknown language, or a very long text, is one plain token. */
export function tokenize(code: string, language: string): readonly CodeToken[] {
  const family = FAMILY.get(language.toLowerCase())
  if (family === undefined || code.length > MAX_LENGTH) return [{ kind: 'plain', text: code }]
  const keywords = KEYWORDS[family] ?? new Set<string>()
  const pattern = new RegExp(`(${COMMENT[family]})|(${STRING})|(\\b\\d[\\w.]*)|([A-Za-z_$][\\w$]*)`, 'g')
  const tokens: CodeToken[] = []
  let end = 0
  for (const match of code.matchAll(pattern)) {
    if (match.index > end) tokens.push({ kind: 'plain', text: code.slice(end, match.index) })
    tokens.push({ kind: kindOf(match, keywords, family === 'sql'), text: match[0] })
    end = match.index + match[0].length
  }
  if (end < code.length) tokens.push({ kind: 'plain', text: code.slice(end) })
  return tokens
}

function kindOf(match: RegExpMatchArray, keywords: ReadonlySet<string>, anyCase: boolean): CodeToken['kind'] {
  if (match[1] !== undefined) return 'comment'
  if (match[2] !== undefined) return 'string'
  if (match[3] !== undefined) return 'number'
  return keywords.has(anyCase ? match[0].toLowerCase() : match[0]) ? 'keyword' : 'plain'
}
