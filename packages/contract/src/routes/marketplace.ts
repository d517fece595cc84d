import { z } from 'zod'
import { AppId, Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

export const PricingModel = z.enum(['free', 'per_action', 'subscription'])

/** One app in a list of the marketplace (api.md 3.10). */
export const AppCard = z.object({
  app_id: z.string(),
  name: z.string(),
  display_name: z.string(),
  short_description: z.string(),
  category: z.string(),
  version: z.string(),
  install_count: z.number().int(),
  rating: z.number(),
  avg_rating: z.number(),
  review_count: z.number().int(),
  developer_id: z.string(),
  author: z.string(),
  icon_url: z.string(),
  pricing_model: PricingModel,
  featured: z.boolean(),
  system: z.boolean(),
  tags: z.array(z.string()),
  is_installed: z.boolean().optional(),
})
export type AppCard = z.infer<typeof AppCard>

export const AppDetail = AppCard.extend({
  long_description: z.string(),
  description: z.string(),
  homepage: z.string(),
  license: z.string(),
  pricing_config: JsonObject,
  tools: z.array(
    z.object({ name: z.string(), description: z.string(), action_type: z.enum(['read', 'write', 'destructive']) }),
  ),
  screenshots: z.array(z.string()),
  scopes: z.array(z.string()),
  created_at: Timestamp,
  updated_at: Timestamp,
  changelog: z.string(),
})
export type AppDetail = z.infer<typeof AppDetail>

const tag = 'marketplace'
const byApp = z.object({ app_id: AppId })
const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)

/** Finding, looking at and installing apps. */
export const marketplace = {
  browse: defineRoute({
    id: 'marketplace.browse',
    method: 'GET',
    path: '/v1/marketplace/apps',
    auth: 'optional',
    tag,
    summary: 'Published apps; `limit` and `offset` win over `page` and `per_page`',
    query: z.object({
      search: z.string().max(200).default(''),
      category: z.string().max(50).default(''),
      limit: whole(1, 50).optional(),
      offset: whole(0, 1_000_000).optional(),
      sort: z.enum(['actions', 'installs', 'rating', 'newest', 'name']).default('actions'),
      page: whole(1, 100_000).optional(),
      per_page: whole(1, 50).optional(),
    }),
    response: z.array(AppCard),
  }),
  detail: defineRoute({
    id: 'marketplace.detail',
    method: 'GET',
    path: '/v1/marketplace/apps/{app_id}',
    auth: 'optional',
    tag,
    summary: 'One published app with its tools',
    params: byApp,
    response: AppDetail,
    errors: ['MARKETPLACE_APP_NOT_FOUND'],
  }),
  icon: defineRoute({
    id: 'marketplace.icon',
    method: 'GET',
    path: '/v1/marketplace/apps/{app_id}/icon',
    auth: 'none',
    tag,
    summary: 'Icon of a published app',
    params: byApp,
    response: z.string(),
    responseKind: 'bytes',
    errors: ['MARKETPLACE_APP_NOT_FOUND'],
    rateLimit: { limit: 600, windowSeconds: 60, key: 'ip' },
  }),
  webhooks: defineRoute({
    id: 'marketplace.webhooks',
    method: 'GET',
    path: '/v1/marketplace/apps/{app_id}/webhooks',
    auth: 'svc-or-user',
    tag,
    summary: 'Webhook addresses of an app, for its owner, administrators and services',
    params: byApp,
    response: z.array(z.object({ path: z.string(), method: z.string() })),
    errors: ['MARKETPLACE_APP_NOT_FOUND'],
  }),
  featured: defineRoute({
    id: 'marketplace.featured',
    method: 'GET',
    path: '/v1/marketplace/featured',
    auth: 'optional',
    tag,
    summary: 'Apps that the operator recommends, then the most installed ones',
    query: z.object({ limit: whole(1, 20).default(6) }),
    response: z.array(AppCard),
  }),
  categories: defineRoute({
    id: 'marketplace.categories',
    method: 'GET',
    path: '/v1/marketplace/categories',
    auth: 'none',
    tag,
    summary: 'Categories that hold published apps, with their numbers',
    response: z.object({ categories: z.array(z.string()), counts: z.record(z.string(), z.number().int()) }),
  }),
  catalog: defineRoute({
    id: 'marketplace.category_catalog',
    method: 'GET',
    path: '/v1/marketplace/categories/catalog',
    auth: 'none',
    tag,
    summary: 'Every category that an app may have, in groups',
    response: z.object({
      groups: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          categories: z.array(z.object({ id: z.string(), name: z.string(), icon: z.string() })),
        }),
      ),
      default_category: z.string(),
    }),
  }),
  developer: defineRoute({
    id: 'marketplace.developer',
    method: 'GET',
    path: '/v1/marketplace/developer/{developer_id}',
    auth: 'optional',
    tag,
    summary: 'Public page of a developer',
    params: z.object({ developer_id: z.string().min(1).max(64) }),
    response: z.object({
      developer_id: z.string(),
      nickname: z.string(),
      display_name: z.string(),
      website: z.string(),
      description: z.string(),
      tier: z.string(),
      registered_at: Timestamp.nullable(),
      apps: z.array(AppCard),
      total_installs: z.number().int(),
      avg_rating: z.number(),
    }),
    errors: ['MARKETPLACE_DEVELOPER_NOT_FOUND'],
  }),
  install: defineRoute({
    id: 'marketplace.install',
    method: 'POST',
    path: '/v1/marketplace/apps/{app_id}/install',
    auth: 'user',
    tag,
    summary: 'Install an app for the caller; repeating it changes nothing',
    params: byApp,
    response: z.object({
      app_id: z.string(),
      installed_at: Timestamp,
      status: z.literal('installed'),
      installed: z.literal(true),
      install_count: z.number().int(),
    }),
    errors: ['REGISTRY_APP_NOT_ACTIVE', 'MARKETPLACE_ACCESS_DENIED'],
  }),
  uninstall: defineRoute({
    id: 'marketplace.uninstall',
    method: 'DELETE',
    path: '/v1/marketplace/apps/{app_id}/install',
    auth: 'user',
    tag,
    summary: 'Uninstall an app for the caller; repeating it changes nothing',
    params: byApp,
    response: z.object({
      app_id: z.string(),
      status: z.literal('uninstalled'),
      uninstalled_at: Timestamp,
      install_count: z.number().int(),
    }),
    errors: ['REGISTRY_SYSTEM_APP'],
  }),
}
