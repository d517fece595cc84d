import { z } from 'zod'
import { AppId } from '../identifiers.ts'
import { defineRoute } from '../route.ts'
import { DeveloperApp } from './developer.ts'

const byApp = z.object({ app_id: AppId })
const tag = 'admin'
const common = { auth: 'svc-or-admin', platformOnly: true, tag } as const
const owned = ['DEVELOPER_APP_NOT_FOUND'] as const

/** An app as administrators see one. */
export const AdminApp = DeveloperApp.extend({
  system: z.boolean(),
  featured: z.boolean(),
  developer_email: z.string(),
})
export type AdminApp = z.infer<typeof AdminApp>

/** What administrators do with apps beside reviewing them (api.md 3.13). */
export const adminApps = {
  list: defineRoute({
    ...common,
    id: 'admin.list_apps',
    method: 'GET',
    path: '/v1/admin/apps',
    summary: 'Every app of the installation, by name',
    query: z.object({
      status: z.enum(['draft', 'pending_review', 'active', 'rejected', 'suspended', 'deleted', 'all']).optional(),
      search: z.string().max(200).optional().describe('Part of the id or the name.'),
    }),
    response: z.array(AdminApp),
  }),
  remove: defineRoute({
    ...common,
    id: 'admin.delete_app',
    method: 'DELETE',
    path: '/v1/admin/apps/{app_id}',
    summary: 'Remove an app for good, with its installs and versions',
    params: byApp,
    body: z.object({
      confirm_name: z.string().min(1).max(64).describe('The id of the app.'),
      force: z.boolean().default(false),
    }),
    response: z.object({ app_id: z.string(), status: z.literal('deleted'), installs_purged: z.number().int() }),
    errors: [...owned, 'DEVELOPER_CONFIRM_NAME', 'DEVELOPER_ILLEGAL_STATE'],
  }),
  setStatus: defineRoute({
    ...common,
    id: 'admin.set_app_status',
    method: 'POST',
    path: '/v1/admin/apps/{app_id}/status',
    summary: 'Publish, suspend or withdraw an app without a review',
    params: byApp,
    body: z.object({
      status: z.enum(['active', 'suspended', 'draft']),
      reason: z.string().trim().max(500).default(''),
    }),
    response: z.object({ app_id: z.string(), status: z.string() }),
    errors: [...owned, 'DEVELOPER_ILLEGAL_STATE', 'DEVELOPER_NO_SUCCESSFUL_DEPLOY', 'DEVELOPER_PRICES_INVALID'],
  }),
  setMetadata: defineRoute({
    ...common,
    id: 'admin.set_app_metadata',
    method: 'POST',
    path: '/v1/admin/apps/{app_id}/metadata',
    summary: 'Change how an app appears in the marketplace',
    params: byApp,
    body: z.object({
      display_name: z.string().trim().min(1).max(200).nullish(),
      category: z.string().min(1).max(50).nullish(),
      featured: z.boolean().nullish(),
      system: z.boolean().nullish(),
      tags: z.array(z.string().min(1).max(40)).max(20).nullish(),
    }),
    response: AdminApp,
    errors: owned,
  }),
  syncPricing: defineRoute({
    ...common,
    id: 'admin.sync_app_pricing',
    method: 'POST',
    path: '/v1/admin/apps/{app_id}/sync-pricing',
    summary: 'Write the prices of a published app into what calls cost',
    params: byApp,
    response: z.object({ app_id: z.string(), synced: z.literal(true) }),
    errors: [...owned, 'DEVELOPER_ILLEGAL_STATE', 'DEVELOPER_PRICES_INVALID'],
  }),
  syncAllPricing: defineRoute({
    ...common,
    id: 'admin.sync_pricing',
    method: 'POST',
    path: '/v1/admin/apps/sync-pricing',
    summary: 'Write the prices of every published app into what calls cost',
    response: z.object({
      synced: z.number().int(),
      failed: z.array(z.object({ app_id: z.string(), problem: z.string() })),
    }),
  }),
}
