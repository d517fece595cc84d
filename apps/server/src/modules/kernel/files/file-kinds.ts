import path from 'node:path'
import mime from 'mime-types'

export type FileKind = 'doc' | 'image' | 'sheet' | 'code'

const GENERIC: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream'])

// What programs are written in; registries of types know few of these, and some by another meaning (`.ts` is video there).
const CODE = new Set(
  (
    '.ts .tsx .mts .cts .js .jsx .mjs .cjs .py .rb .rs .go .java .kt .swift .c .h .cc .cpp .hpp .cs .php .pl .lua .r .sh ' +
    '.bash .ps1 .sql .css .scss .less .html .htm .xml .json .jsonc .yaml .yml .toml .ini .vue .svelte .dart .scala .ex .exs .hs'
  ).split(' '),
)
const SHEETS =
  /^(?:text\/(?:csv|tab-separated-values)|application\/(?:vnd\.ms-excel.*|.*spreadsheet.*|vnd\.apple\.numbers))$/
const DOCUMENTS =
  /^(?:text\/(?:plain|markdown|html|rtf)|application\/(?:pdf|rtf|msword|epub\+zip|vnd\.ms-powerpoint.*|.*wordprocessing.*|.*presentation.*|.*opendocument\.text.*|vnd\.apple\.(?:pages|keynote)))$/
const CODE_TYPES =
  /^(?:text\/(?:html|css|javascript|xml|yaml|x-.+)|application\/(?:json|javascript|xml|sql|toml|yaml|x-(?:sh|httpd-php|yaml))|.*\+(?:json|xml))$/

/** The content type of an upload without parameters: as it was sent, or by its name where that says nothing. */
export function typeOf(name: string, sent: string): string {
  const [given = ''] = sent.toLowerCase().split(';')
  const extension = path.extname(name).toLowerCase()
  const byName = mime.lookup(name) || 'application/octet-stream'
  if (CODE.has(extension) && (GENERIC.has(given.trim()) || /^(?:video|audio)\//.test(given)))
    return /^(?:video|audio)\//.test(byName) || byName === 'application/octet-stream' ? 'text/plain' : byName
  return GENERIC.has(given.trim()) ? byName : given.trim()
}

/** What a file is for people, by its type and its name; it may be several things. */
export function kindsOf(name: string, type: string): ReadonlySet<FileKind> {
  const kinds = new Set<FileKind>()
  if (type.startsWith('image/')) kinds.add('image')
  if (SHEETS.test(type)) kinds.add('sheet')
  if (CODE_TYPES.test(type) || CODE.has(path.extname(name).toLowerCase())) kinds.add('code')
  if (DOCUMENTS.test(type)) kinds.add('doc')
  return kinds
}

/** Whether a sink takes a file: by a kind, by a type, or by a type with a `*` on either side. */
export function isAccepted(accepts: readonly string[], name: string, type: string): boolean {
  const kinds: ReadonlySet<string> = kindsOf(name, type)
  const [family = ''] = type.split('/')
  return accepts.some((one) => {
    const wanted = one.toLowerCase().trim()
    return kinds.has(wanted) || wanted === type || wanted === '*' || wanted === '*/*' || wanted === `${family}/*`
  })
}
