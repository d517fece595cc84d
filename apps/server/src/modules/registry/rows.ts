import type { JsonObject } from '@imperal/contract'
import type { Selectable } from 'kysely'
import { readStoredManifest } from './stored-manifest.ts'
import type { AppTable, InstallTable, VersionTable } from './tables.ts'
import type { AppRecord, AppVersion, Install, StoredVersion } from './types.ts'

export type AppRow = Omit<Selectable<AppTable>, 'search'>

/** Every column but the search vector, which nobody reads. */
export const APP_COLUMNS = [
  'app_id',
  'name',
  'short_description',
  'long_description',
  'category',
  'icon',
  'tags',
  'homepage',
  'license',
  'status',
  'system',
  'first_party',
  'featured',
  'owner_id',
  'owner_tenant_id',
  'pricing_model',
  'pricing_config',
  'config',
  'settings',
  'live_version',
  'install_count',
  'rating_total',
  'review_count',
  'action_count',
  'created_at',
  'updated_at',
  'published_at',
  'deleted_at',
] as const satisfies readonly (keyof AppRow)[]

export function toApp(row: AppRow): AppRecord {
  return {
    appId: row.app_id,
    name: row.name,
    shortDescription: row.short_description,
    longDescription: row.long_description,
    category: row.category,
    icon: row.icon,
    tags: row.tags,
    homepage: row.homepage,
    license: row.license,
    status: row.status,
    system: row.system,
    firstParty: row.first_party,
    ownerId: row.owner_id,
    ownerTenantId: row.owner_tenant_id,
    pricingModel: row.pricing_model,
    pricingConfig: row.pricing_config,
    config: row.config,
    settings: row.settings,
    liveVersion: row.live_version,
    featured: row.featured,
    installCount: row.install_count,
    ratingTotal: row.rating_total,
    reviewCount: row.review_count,
    actionCount: row.action_count,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

/** The column values of a patch; `appId`, `liveVersion` and `installCount` have writers of their own. */
export function toColumns(patch: Partial<AppRecord>) {
  const columns = {
    name: patch.name,
    short_description: patch.shortDescription,
    long_description: patch.longDescription,
    category: patch.category,
    icon: patch.icon,
    tags: patch.tags && JSON.stringify(patch.tags),
    homepage: patch.homepage,
    license: patch.license,
    status: patch.status,
    system: patch.system,
    first_party: patch.firstParty,
    featured: patch.featured,
    owner_id: patch.ownerId,
    owner_tenant_id: patch.ownerTenantId,
    pricing_model: patch.pricingModel,
    pricing_config: patch.pricingConfig && JSON.stringify(patch.pricingConfig),
    config: patch.config && JSON.stringify(patch.config),
    settings: patch.settings && JSON.stringify(patch.settings),
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as {
    [K in keyof typeof columns]?: NonNullable<(typeof columns)[K]>
  }
}

export function toStoredVersion(row: Selectable<VersionTable>): StoredVersion {
  return {
    appId: row.app_id,
    version: row.version,
    manifest: readStoredManifest(row.manifest),
    artefactHash: row.artefact_hash,
    iconSvg: row.icon_svg,
    format: row.format,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    extras: row.extras as Record<string, JsonObject>,
  }
}

/** Null for a version without code. */
export function toVersion(row: Selectable<VersionTable>): AppVersion | null {
  const { artefactHash, ...rest } = toStoredVersion(row)
  return artefactHash === null ? null : { ...rest, artefactHash }
}

export function toInstall(row: Selectable<InstallTable>): Install {
  return {
    tenantId: row.tenant_id,
    userId: row.user_id,
    appId: row.app_id,
    installedAt: row.installed_at.toISOString(),
    isDisabled: row.is_disabled,
    installedVersion: row.installed_version,
    needsAttention: row.needs_attention,
    config: row.config,
  }
}
