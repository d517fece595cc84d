import type { Registry } from '../modules/registry/index.ts'
import { declarationsOf, type SecretsApp } from '../modules/secrets/index.ts'

/** An app as its secrets know it: what is deployed for the user who has it, else what its owner has deployed. */
export async function secretsAppOf(
  registry: Pick<Registry, 'resolve' | 'app' | 'liveVersion'>,
  user: { readonly tenantId: string; readonly userId: string },
  appId: string,
): Promise<SecretsApp | null> {
  const mine = await registry.resolve(user, appId)
  const app = mine?.app ?? (await registry.app(appId))
  const version = mine?.version ?? (await registry.liveVersion(appId))
  if (app === null || version === null || app.status === 'deleted') return null
  return {
    declared: declarationsOf(version.manifest),
    owner: { tenantId: app.ownerTenantId, userId: app.ownerId },
    isInstalled: mine !== null,
  }
}
