import type { KernelParts } from '../parts.ts'

/** The tenants in which somebody has the app; a system app also runs where it lives. */
export async function tenantsOf(parts: KernelParts, appId: string): Promise<string[]> {
  const tenants = await parts.registry.tenantsOf(appId)
  if (tenants.length > 0) return tenants
  const app = await parts.registry.app(appId)
  return app?.system ? [app.ownerTenantId] : []
}
