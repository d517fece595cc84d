import { createHash } from 'node:crypto'
import type { JsonObject, RegistryApp, RegistryStatus } from '@imperal/contract'
import { skeletonSections, toRegistryTools } from './registry-tools.ts'
import type { AppRecord, AppStatus, UserApp } from './types.ts'

const STATUS: Readonly<Record<AppStatus, RegistryStatus>> = {
  draft: 'provisioning',
  pending_review: 'provisioning',
  rejected: 'provisioning',
  active: 'active',
  suspended: 'suspended',
  deleted: 'deleted',
}

/** States of our own that one state of the registry's surface stands for. */
export const statesOf = (wire: RegistryStatus): AppStatus[] =>
  (Object.keys(STATUS) as AppStatus[]).filter((status) => STATUS[status] === wire)

export const toRegistryStatus = (status: AppStatus): RegistryStatus => STATUS[status]

export const fromRegistryStatus = (status: RegistryStatus): AppStatus => (status === 'provisioning' ? 'draft' : status)

export const toRegistryApp = (app: AppRecord): RegistryApp => ({
  app_id: app.appId,
  display_name: app.name,
  name: app.name,
  description: app.shortDescription,
  version: app.liveVersion,
  category: app.category,
  icon: app.icon,
  owner_id: app.ownerId,
  status: STATUS[app.status],
  namespace: `app-${app.appId}`,
  config: app.config,
  system: app.system,
  created_at: app.createdAt,
  updated_at: app.updatedAt,
})

/** One app of the catalog with everything that a session needs to know of it. */
export type ShownApp = Pick<UserApp, 'app' | 'version' | 'install'> & {
  /** Functions that policy keeps from whom the app is shown to. */
  readonly withheld?: readonly string[]
}

export const toCatalogApp = ({ app, version, withheld = [] }: Omit<ShownApp, 'install'>) => ({
  app_id: app.appId,
  name: app.name,
  description: version.manifest.description || app.longDescription || app.shortDescription,
  version: version.version,
  category: app.category,
  system: app.system,
  tools: toRegistryTools(version).filter(({ name }) => !withheld.includes(name)),
  skeleton_sections: skeletonSections(version.manifest, app.settings),
  panels: (version.manifest.panels ?? []) as JsonObject[],
  emits: (version.manifest.events?.emits ?? []).map((emitted) => emitted.type),
})

/** Changes with every install, version, hot deploy and change of settings that the catalog shows. */
export function catalogVersion(apps: readonly ShownApp[]): string {
  const facts = apps.map(({ app, version, install, withheld = [] }) => [
    app.appId,
    app.updatedAt,
    version.version,
    version.artefactHash,
    version.updatedAt,
    install?.isDisabled ?? null,
    ...withheld,
  ])
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32)
}
