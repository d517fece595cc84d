/** The layers of the server, lowest first. Modules on one line never import one another. */
export const LAYERS: readonly (readonly string[])[] = [
  ['foundation'],
  ['audit', 'outbox'],
  ['identity', 'registry', 'store', 'secrets', 'storage', 'billing', 'llm', 'notifications', 'state', 'configuration'],
  ['hosts', 'connections'],
  ['kernel'],
  ['chat', 'marketplace', 'developer', 'automations', 'admin', 'ir', 'mcp', 'services', 'mailbox', 'coding'],
  ['gateway'],
]

export interface PackageRule {
  /** Our packages that it may import, by the part after `@imperal/`. */
  readonly ours: readonly string[]
  /** The only npm packages that it may import; absent: any that its package.json names. */
  readonly only?: readonly string[]
  /** What it must not know, and why. */
  readonly never?: Readonly<Record<string, string>>
}

const KNOWS_NO_ROUTER = 'ui-kit draws nodes and knows neither router nor data fetching'

/** Folders with sources outside the server, and what each may import. */
export const PACKAGES: Readonly<Record<string, PackageRule>> = {
  'packages/contract': { ours: [], only: ['zod'] },
  'packages/sdk': { ours: ['contract', 'validators'] },
  'packages/validators': { ours: ['contract'] },
  'packages/host': { ours: ['contract'] },
  'packages/ir': { ours: ['contract'] },
  'packages/client': { ours: ['contract'] },
  'packages/ui-kit': {
    ours: ['contract'],
    never: { '@tanstack/react-router': KNOWS_NO_ROUTER, '@tanstack/react-query': KNOWS_NO_ROUTER },
  },
  'packages/cli': { ours: ['client', 'contract', 'validators', 'ui-kit'] },
  'apps/panel': { ours: ['client', 'contract', 'ui-kit'] },
  'apps/server': { ours: ['contract', 'validators', 'host', 'ir'] },
  extensions: { ours: ['sdk'] },
  examples: { ours: ['sdk'] },
}

/** Sources that may import whatever they exercise: tests, and the server's `test-….ts` files that several share. */
export const isTest = (file: string): boolean =>
  /\.test(-d)?\.tsx?$/.test(file) ||
  /^apps\/server\/.*\/test-[^/]+\.ts$/.test(file) ||
  /\/(tests?|fixtures)\//.test(file)
