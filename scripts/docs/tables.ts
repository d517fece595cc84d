import * as contract from '@imperal/contract'
import { uiJsonSchema } from '@imperal/contract/ui'
import { getManifestSchema } from '@imperal/sdk'
import { fileNameOf, getWireSchema, WIRE_TYPES, type WireTypeName } from '@imperal/sdk/validate'
import { cliPage } from './cli-page.ts'
import { limitsPage } from './limits.ts'
import { NOTICE, table } from './markdown.ts'
import { SDK_PAGES } from './sdk-pages.ts'
import { settingsPage } from './settings.ts'
import { buildersSource } from './ui-builders.ts'
import { uiPage } from './ui-page.ts'

const isRoute = (value: unknown): value is contract.AnyRoute =>
  typeof value === 'object' && value !== null && 'path' in value && 'method' in value && 'auth' in value

function routesIn(value: unknown, depth = 0): contract.AnyRoute[] {
  if (isRoute(value)) return [value]
  if (depth > 3 || typeof value !== 'object' || value === null) return []
  const inner = Array.isArray(value)
    ? value
    : Object.getPrototypeOf(value) === Object.prototype
      ? Object.values(value)
      : []
  return inner.flatMap((entry) => routesIn(entry, depth + 1))
}

/** Every operation that the contract defines, once. */
export function allRoutes(): contract.AnyRoute[] {
  const found = Object.values(contract).flatMap((entry) => routesIn(entry))
  return [...new Map(found.map((route) => [`${route.id} ${route.method}`, route])).values()]
}

const isRegistry = (route: contract.AnyRoute): boolean => route.id.startsWith('registry.')

const KEYS =
  'An API key made for `*` opens whatever its owner may, except sign-in matters (`user-jwt`, `panel`) and administration. One made for ' +
  'certain scopes opens an operation only when it lists the scope in the third column, `<area>:*` or `*`; where the column is empty for ' +
  '`user` and `svc-or-user`, any key comes in and the scopes of the called function decide. Administration wants an `admin` scope on the ' +
  'key. To `optional` operations a key without the scope is nobody.'

/** The REST operations, grouped by tag. */
export function apiPage(): string {
  const byTag = Map.groupBy(
    allRoutes().filter((route) => !isRegistry(route)),
    (route) => route.tag.toLowerCase(),
  )
  const section = (title: string, routes: readonly contract.AnyRoute[]) =>
    `## ${title}\n\n${table(
      ['operation', 'who', 'scope of a key', 'what'],
      [...routes]
        .sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method))
        .map((route) => [
          `\`${route.method} ${route.path}\``,
          route.auth,
          contract.keyScopeOf(route) ?? '',
          route.summary,
        ]),
    )}`
  const sections = [...byTag].sort(([a], [b]) => a.localeCompare(b)).map(([tag, routes]) => section(tag, routes))
  const registry = section('registry (under `/registry`, and on its own loopback port)', allRoutes().filter(isRegistry))
  return `# REST API\n\n${NOTICE}\n\nSchemas: \`GET /v1/openapi.json\` of a running platform.\n\n${KEYS}\n\n${[...sections, registry].join('\n\n')}\n`
}

const jsonFile = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const WIRE_SCHEMAS = Object.fromEntries(
  (Object.keys(WIRE_TYPES) as WireTypeName[]).map((name) => [
    `packages/sdk/schemas/${fileNameOf(name)}`,
    () => jsonFile(getWireSchema(name)),
  ]),
)

export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/reference/settings.md': settingsPage,
  'docs/reference/api.md': apiPage,
  'docs/guide/authors/limits.md': limitsPage,
  'docs/reference/ui.md': uiPage,
  'docs/reference/cli.md': cliPage,
  ...SDK_PAGES,
  'packages/sdk/src/ui/table.ts': buildersSource,
  'packages/sdk/schemas/imperal.schema.json': () => jsonFile(getManifestSchema()),
  ...WIRE_SCHEMAS,
  'packages/sdk/schemas/ui.schema.json': () => jsonFile(uiJsonSchema()),
}
