import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type JsonObject, Manifest } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { canonicalJson } from './canonical-json.ts'
import { artefactHash } from './publish-version.ts'
import type { NewVersion, Registry } from './types.ts'

const LOCK = 4_780_000_021
const PUBLISHER_TENANT = 'default'

interface BuiltApp extends NewVersion {
  readonly appId: string
}

const readIfThere = async (file: string): Promise<string | null> =>
  existsSync(file) ? await readFile(file, 'utf8') : null

async function readBuilt(folder: string): Promise<BuiltApp> {
  const manifestText = await readFile(path.join(folder, 'imperal.json'), 'utf8')
  const parsed = Manifest.safeParse(JSON.parse(manifestText))
  if (!parsed.success) {
    const first = parsed.error.issues[0]
    throw new Error(`${folder}/imperal.json is not a manifest: ${first?.path.join('.')}: ${first?.message}`)
  }
  return {
    appId: parsed.data.app_id,
    version: parsed.data.version,
    manifest: parsed.data,
    bundle: await readFile(path.join(folder, 'bundle.js'), 'utf8'),
    sourceMap: await readIfThere(path.join(folder, 'bundle.js.map')),
    iconSvg: await readIfThere(path.join(folder, 'icon.svg')),
  }
}

async function isCurrent(tx: Tx, built: BuiltApp): Promise<boolean> {
  const row = await tx
    .selectFrom('registry.app as a')
    .innerJoin('registry.version as v', (join) =>
      join.onRef('v.app_id', '=', 'a.app_id').onRef('v.version', '=', 'a.live_version'),
    )
    .select(['v.version', 'v.artefact_hash', 'v.manifest', 'v.icon_svg'])
    .where('a.app_id', '=', built.appId)
    .executeTakeFirst()
  return (
    row !== undefined &&
    row.version === built.version &&
    row.artefact_hash === artefactHash(built.bundle, built.sourceMap) &&
    (row.icon_svg === null) === (built.iconSvg === null) &&
    canonicalJson(row.manifest) === canonicalJson(built.manifest)
  )
}

const texts = (built: BuiltApp) => ({
  name: built.manifest.name ?? built.appId,
  shortDescription: (built.manifest.description ?? '').slice(0, 200),
  longDescription: built.manifest.description ?? '',
  category: built.manifest.category ?? 'general',
  tags: built.manifest.tags ?? [],
  homepage: built.manifest.homepage ?? '',
  license: built.manifest.license ?? '',
  system: built.manifest.system ?? false,
})

/**
 * For whom an app is that is not for everybody, as it says itself: of apps of the platform this counts, until operators write
 * a policy of their own.
 */
function configFor(built: BuiltApp, config: JsonObject): { config?: JsonObject } {
  const access_policy = built.manifest.config_defaults?.access_policy
  return access_policy === undefined || 'access_policy' in config ? {} : { config: { ...config, access_policy } }
}

type Outcome = 'created' | 'updated' | 'unchanged' | 'refused'

async function installOne(tx: Tx, registry: Registry, built: BuiltApp): Promise<Outcome> {
  const app = await registry.lockApp(tx, built.appId)
  if (app && !app.firstParty) return 'refused'
  if (app && (await isCurrent(tx, built))) return 'unchanged'
  const described = { ...texts(built), ...configFor(built, app?.config ?? {}) }
  if (app) await registry.updateApp(tx, built.appId, described)
  else {
    const identity = { appId: built.appId, ownerId: null, ownerTenantId: PUBLISHER_TENANT }
    await registry.createApp(tx, { ...described, ...identity, status: 'active', firstParty: true })
  }
  await registry.publishVersion(tx, built.appId, built)
  return app ? 'updated' : 'created'
}

/**
 * Publishes the apps that come with the platform: each subfolder with an `imperal.json`, `bundle.js` and, if there,
 * `bundle.js.map` and `icon.svg`. Idempotent by content and safe on many nodes at once; an operator's suspension stays.
 * An id that a developer holds already is left to the developer, and logged.
 * @returns ids of all apps that the folder holds, and of those that this call created or updated
 */
export async function installFirstParty(
  options: { readonly registry: Registry; readonly db: Database; readonly log: Log },
  folder: string,
): Promise<{ apps: string[]; changed: string[] }> {
  if (!existsSync(folder)) return { apps: [], changed: [] }
  const names = (await readdir(folder)).filter((name) => existsSync(path.join(folder, name, 'imperal.json'))).sort()
  const built = await Promise.all(names.map((name) => readBuilt(path.join(folder, name))))
  const outcomes = await options.db.everyTenant(async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx)
    const done = new Map<string, Outcome>()
    for (const app of built) done.set(app.appId, await installOne(tx, options.registry, app))
    return done
  })
  for (const [appId, outcome] of outcomes) {
    if (outcome === 'refused') options.log.warn({ appId }, 'a developer holds the id of this app of the platform')
    else if (outcome !== 'unchanged') {
      options.registry.forget(appId)
      options.log.info({ appId, outcome }, 'app of the platform published')
    }
  }
  const having = (wanted: readonly Outcome[]) => [...outcomes].filter(([, o]) => wanted.includes(o)).map(([id]) => id)
  return { apps: having(['created', 'updated', 'unchanged']), changed: having(['created', 'updated']) }
}
