import { KERNEL_ERROR_CODES, PLATFORM_ERROR_CODES } from '@imperal/contract/errors'
import * as sdk from '../../packages/sdk/src/index.ts'
import { type Declared, type Exports, readExports } from './declarations.ts'
import { NOTICE, table } from './markdown.ts'

interface Entry {
  readonly file: string
  readonly name: string
  readonly intro: string
}

const ROOT: Entry = {
  file: 'sdk/src/index.ts',
  name: '@imperal/sdk',
  intro:
    'What an extension imports. Each part is shown by example in the [guide for authors](../guide/authors/README.md); numbers stand on its page of [limits](../guide/authors/limits.md), components of panels in the [UI reference](ui.md).',
}
const SUB_PATHS: readonly Entry[] = [
  {
    file: 'sdk/src/testing/index.ts',
    name: '@imperal/sdk/testing',
    intro: 'Contexts and a harness in memory; see [testing](../guide/authors/testing.md).',
  },
  {
    file: 'sdk/src/llm/index.ts',
    name: '@imperal/sdk/llm',
    intro: 'The model layer; see [models](../guide/authors/ai.md).',
  },
  {
    file: 'sdk/src/platform/index.ts',
    name: '@imperal/sdk/platform',
    intro: "The platform's own routes, for apps of the platform.",
  },
  {
    file: 'sdk/src/auth/index.ts',
    name: '@imperal/sdk/auth',
    intro: 'For a service of your own beside the platform, to which users come with their token.',
  },
  {
    file: 'sdk/src/sdl/index.ts',
    name: '@imperal/sdk/sdl',
    intro: 'A vocabulary for the data of results; see [entities](../guide/authors/entities.md).',
  },
  {
    file: 'sdk/src/manifest/index.ts',
    name: '@imperal/sdk/manifest',
    intro: 'The manifest of an extension, for build scripts. It is part of the root as well.',
  },
  {
    file: 'sdk/src/validate/index.ts',
    name: '@imperal/sdk/validate',
    intro: 'The rules of `imperal validate`, and checks of values against their wire schemas.',
  },
  {
    file: 'sdk/src/ui/index.ts',
    name: '@imperal/sdk/ui',
    intro: 'Builders of UI nodes; every component with its options stands in the [UI reference](ui.md).',
  },
]
/** Parts of the root, by the folder or file that declares them, in the order of the page. */
const PARTS: readonly (readonly [string, string])[] = [
  ['sdk/src/extension/', 'Registrations'],
  ['sdk/src/context/', 'Contexts of handlers'],
  ['sdk/src/clients/', 'Clients of ctx'],
  ['sdk/src/values/', 'Values'],
  ['sdk/src/errors', 'Errors'],
  ['sdk/src/ui/', 'User interface'],
  ['sdk/src/oauth/', 'Connected accounts'],
  ['sdk/src/auth/', 'Tokens in services of your own'],
  ['sdk/src/llm/', 'Models'],
  ['sdk/src/manifest/', 'Manifest'],
  ['sdk/src/validate/', 'Validation'],
  ['validators/src/', 'Validation'],
  ['contract/src/guards/', 'Guards and filters'],
]
const OTHERS = 'Others'
/** Longer declarations are shown by another page, or by the editor. */
const MOST_LINES = 160

function codeOf(name: string, { text }: Declared): string {
  const lines = text.split('\n')
  if (lines.length <= MOST_LINES) return `\`\`\`ts\n${text}\n\`\`\``
  return `Its ${lines.length} lines are best read in the editor${name === 'ui' ? ', or in the [UI reference](ui.md)' : ''}.`
}

function section(name: string, declared: readonly Declared[]): string {
  const docs = [...new Set(declared.map(({ doc }) => doc).filter((doc) => doc !== ''))]
  return [`### ${name}`, ...docs, ...declared.map((one) => codeOf(name, one))].join('\n\n')
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one.localeCompare(other, 'en')

function partOf([, declared]: readonly [string, readonly Declared[]]): string {
  const file = declared[0]?.file ?? ''
  return PARTS.find(([place]) => file.startsWith(place))?.[1] ?? OTHERS
}

const codes = (all: readonly string[]): string => all.map((code) => `\`${code}\``).join(', ')

type ErrorClass = { readonly name: string; readonly prototype: object }
const isError = (value: unknown): value is ErrorClass =>
  typeof value === 'function' && value.prototype instanceof sdk.ImperalError

/** Names that never change once they are published. */
function permanentNames(): string {
  const all: readonly unknown[] = Object.values(sdk)
  const classes = all.filter(isError).sort((one, other) => one.name.localeCompare(other.name, 'en'))
  const rows = classes.map(({ name, prototype }) => {
    const { name: parent } = Object.getPrototypeOf(prototype).constructor as ErrorClass
    return [`\`${name}\``, parent === 'ImperalError' ? '' : `\`${parent}\``]
  })
  return `## Names that stay

Action types of functions: \`read\`, \`write\`, \`destructive\`. A destructive function runs only after its user has confirmed it.

Codes of failed results (\`errorCode\`, \`error_code\` on the wire). Those of the platform: ${codes(PLATFORM_ERROR_CODES)}.
Those of the kernel: ${codes(KERNEL_ERROR_CODES)}. An app adds its own, in capitals.

Errors that clients of ctx throw; each is an \`ImperalError\` with a \`code\`, and keeps its class on its way from the platform:

${table(['error', 'is a'], rows)}

What the platform guarantees whatever an app does stands in [guarantees](../guarantees.md); the rules of \`imperal validate\` have ids of
their own, such as \`V16\`, and no id is ever given to another rule.`
}

function page({ name, intro }: Entry, exports: Exports): string {
  const isRoot = name === ROOT.name
  const all = [...exports].sort(byName)
  const titles = isRoot ? [...new Set([...PARTS.map(([, title]) => title), OTHERS])] : ['Exports']
  const parts = titles
    .map((title) => [title, isRoot ? all.filter((entry) => partOf(entry) === title) : all] as const)
    .filter(([, entries]) => entries.length > 0)
    .map(
      ([title, entries]) => `## ${title}\n\n${entries.map(([each, declared]) => section(each, declared)).join('\n\n')}`,
    )
  const others = SUB_PATHS.map((one) => `[\`${one.name}\`](${fileOf(one).replace('docs/reference/', '')})`)
  const more = isRoot ? `\n\nSub-paths: ${others.join(', ')}.` : ''
  const names = isRoot ? `\n\n${permanentNames()}` : ''
  return `# ${name}\n\n${NOTICE}\n\n${intro}${more}${names}\n\n${parts.join('\n\n')}\n`
}

const fileOf = ({ name }: Entry): string => `docs/reference/sdk${name.slice(ROOT.name.length).replace('/', '-')}.md`

let read: ReadonlyMap<string, Exports> | undefined
const exportsOf = ({ file }: Entry): Exports => {
  read ??= readExports([ROOT, ...SUB_PATHS].map((entry) => entry.file))
  return read.get(file) ?? new Map()
}

/** Every export of every entry point of the SDK, by page. */
export const SDK_PAGES: Readonly<Record<string, () => string>> = Object.fromEntries(
  [ROOT, ...SUB_PATHS].map((entry) => [fileOf(entry), () => page(entry, exportsOf(entry))]),
)

/** Exports whose declaration was not found, for the test that wants none. */
export const undeclared = (): string[] =>
  [ROOT, ...SUB_PATHS].flatMap((entry) =>
    [...exportsOf(entry)].filter(([, declared]) => declared.length === 0).map(([name]) => `${entry.name}: ${name}`),
  )
