import type { SourceFile, Violation } from './check.ts'
import { EVERY_TENANT, type Purpose } from './every-tenant.ts'
import { isTest } from './house.ts'

const SERVER = 'apps/server/src/'
/** The words for every tenant: the function, the constant, and what they stand for. */
const USE = /\beveryTenant\b|\bEVERY_TENANT\b|\b(?:atomic|tenant)\(\s*'\*'|imperal\.tenant', '\*'/g
/** Tables with what people keep in the platform, in a query of Kysely or in SQL. */
const CONTENT =
  /(?:From|Table|Into|Join)\(\s*'(?:store|chat|notifications|automations|state|secrets|storage|connections|coding)\.|\b(?:from|update|into|join)\s+(?:store|chat|notifications|automations|state|secrets|storage|connections|coding)\.[a-z]/

/** Comments and imports are no uses; line breaks stay, so that lines can be named. */
const bare = (code: string): string =>
  code
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/^(?:import|export)\b[^;]*?from '[^']*'$/gm, (statement) => statement.replaceAll(/[^\n]/g, ' '))

const lineAt = (code: string, index: number): number => code.slice(0, index).split('\n').length

const WAY_OUT =
  'Use db.tenant(…) with the tenant of the user or row. Only where that cannot do: scripts/architecture/every-tenant.ts, with its reason.'

function checkFile(file: string, code: string, purpose: Purpose | undefined): Violation[] {
  const uses = [...code.matchAll(USE)]
  const allowed = purpose?.files[file.slice(SERVER.length)] ?? 0
  const at = (index: number, problem: string, wayOut: string) => ({ file, line: lineAt(code, index), problem, wayOut })
  if (uses.length > allowed)
    return [at(uses.at(-1)?.index ?? 0, `Acts for every tenant ${uses.length} times; ${allowed} are known.`, WAY_OUT)]
  if (uses.length < allowed)
    return [at(0, `Acts for every tenant ${uses.length} times, not ${allowed}.`, 'Write the number into the list.')]
  const content = purpose === undefined || purpose.touchesContent ? null : CONTENT.exec(code)
  if (content === null) return []
  const wayOut = 'Move the query into a file that acts in one tenant.'
  return [at(content.index, `Names what people keep, and acts for every tenant: ${content[0].trim()}`, wayOut)]
}

/** Who may look past row-level security is a list that a reviewer sees change. */
export function checkEveryTenant(
  files: readonly SourceFile[],
  purposes: readonly Purpose[] = EVERY_TENANT,
): Violation[] {
  const known = new Map(purposes.flatMap((purpose) => Object.keys(purpose.files).map((file) => [file, purpose])))
  const seen = new Set(files.map(({ file }) => file))
  const gone = [...known.keys()]
    .filter((file) => !seen.has(SERVER + file))
    .map((file) => ({
      ...{ file: 'scripts/architecture/every-tenant.ts', line: 1 },
      ...{ problem: `${file} is no file.`, wayOut: 'Take it off the list.' },
    }))
  const found = files
    .filter(({ file }) => file.startsWith(SERVER) && !isTest(file))
    .flatMap(({ file, code }) => checkFile(file, bare(code), known.get(file.slice(SERVER.length))))
  return [...gone, ...found]
}
