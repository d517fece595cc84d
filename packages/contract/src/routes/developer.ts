import { z } from 'zod'
import { AppId, SemanticVersion, Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'
import { PricingModel } from './marketplace.ts'
import { RegistryTool } from './registry.ts'

/** One finding of the publish gate: where, what and how to mend it. */
export const DeployIssue = z.object({
  rule: z.string(),
  level: z.enum(['ERROR', 'WARN', 'INFO']),
  message: z.string(),
  file: z.string().default(''),
  line: z.number().int().default(0),
  fix: z.string().default(''),
})
export type DeployIssue = z.infer<typeof DeployIssue>

/** `pending` waits for an upload (24 h) or for its turn, `validating` runs, the others are final. */
export const DeployStatus = z.enum(['pending', 'validating', 'live', 'failed', 'cancelled'])
export type DeployStatus = z.infer<typeof DeployStatus>

export const DeployReport = z.object({
  errors: z.number().int(),
  warnings: z.number().int(),
  issues: z.array(DeployIssue),
})
export type DeployReport = z.infer<typeof DeployReport>

export const Deploy = z.object({
  deploy_id: z.string(),
  app_id: z.string(),
  version: z.string(),
  changelog: z.string(),
  status: z.string(),
  stage: z.string().nullable(),
  commit_sha: z.string().nullable(),
  error_message: z.string().nullable(),
  report: DeployReport.nullable(),
  deployed_at: Timestamp.nullable(),
  created_at: Timestamp,
  finished_at: Timestamp.nullable(),
})
export type Deploy = z.infer<typeof Deploy>

export const DeveloperApp = z.object({
  app_id: z.string(),
  name: z.string(),
  display_name: z.string(),
  developer_id: z.string(),
  short_description: z.string(),
  description: z.string(),
  long_description: z.string(),
  category: z.string(),
  icon: z.string(),
  homepage: z.string(),
  license: z.string(),
  tags: z.array(z.string()),
  git_url: z.string(),
  status: z.string(),
  reject_reason: z.string().nullable(),
  version: z.string().nullable(),
  pricing_model: PricingModel,
  pricing_config: JsonObject.nullable(),
  revenue_split_dev: z.number().int(),
  install_count: z.number().int(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type DeveloperApp = z.infer<typeof DeveloperApp>

/** What somebody who has the app installed, but does not own it, may see of it. */
const ReducedApp = z.object({
  app_id: z.string(),
  name: z.string(),
  display_name: z.string(),
  status: z.string(),
  owner: z.literal(false),
  tools_json: z.array(RegistryTool),
})

export const Check = z.object({ check: z.string(), ok: z.boolean(), message: z.string() })
export type Check = z.infer<typeof Check>

const tag = 'developer'
const byApp = z.object({ app_id: AppId })
const asUser = z.object({ user_id: z.string().max(64).optional() })
const text = (maximum: number) => z.string().max(maximum)
const GitUrl = z
  .string()
  .min(10)
  .max(500)
  .regex(/^(?:https:\/\/|git@|ssh:\/\/|git:\/\/)\S+$/, 'a git URL starts with https://, ssh://, git:// or git@')
const Homepage = z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(500)])
const owned = ['DEVELOPER_APP_NOT_FOUND'] as const

export const MAX_BUNDLE_BYTES = 10 * 1024 * 1024
export const MAX_SOURCE_MAP_BYTES = 12 * 1024 * 1024
export const MAX_MANIFEST_BYTES = 1024 * 1024
export const MAX_ICON_BYTES = 102_400

/** Writing and publishing apps (api.md 3.12). */
export const developer = {
  register: defineRoute({
    id: 'developer.register',
    method: 'POST',
    path: '/v1/developer/register',
    auth: 'user-jwt',
    tag,
    summary: 'Enrol the caller as a developer',
    body: z.object({
      display_name: text(200).optional(),
      website: z.union([z.literal(''), z.url({ protocol: /^https$/ }).max(500)]).optional(),
      description: text(2000).optional(),
      nickname: text(200).optional(),
      tier: z.enum(['explorer', 'indie', 'studio', 'partner']).default('explorer'),
    }),
    response: z.object({}),
    errors: [
      'IDENTITY_ALREADY_DEVELOPER',
      'IDENTITY_NICKNAME_INVALID',
      'IDENTITY_NICKNAME_TAKEN',
      'IDENTITY_NICKNAME_RESERVED',
      'DEVELOPER_TIER_UNAVAILABLE',
      'BILLING_INSUFFICIENT',
    ],
  }),
  profile: defineRoute({
    id: 'developer.profile',
    method: 'GET',
    path: '/v1/developer/profile',
    auth: 'user',
    tag,
    summary: 'The developer profile of the caller',
    query: asUser,
    response: z.object({
      imperal_id: z.string(),
      email: z.string(),
      nickname: z.string().nullable(),
      tier: z.string(),
      apps_count: z.number().int(),
      total_earnings: z.number().int(),
      registered_at: Timestamp.nullable(),
      display_name: z.string(),
      website: z.string(),
      description: z.string(),
      revenue_split_dev: z.number().int(),
      app_limit: z.number().int().nullable(),
      analytics_days: z.number().int(),
      tier_expires_at: Timestamp.nullable(),
    }),
    errors: ['DEVELOPER_NOT_REGISTERED'],
  }),
  listApps: defineRoute({
    id: 'developer.list_apps',
    method: 'GET',
    path: '/v1/developer/apps',
    auth: 'dev',
    tag,
    summary: 'Apps of the calling developer',
    response: z.array(DeveloperApp),
  }),
  createApp: defineRoute({
    id: 'developer.create_app',
    method: 'POST',
    path: '/v1/developer/apps',
    auth: 'dev',
    tag,
    summary: 'Create an app; it begins as a draft that only its owner sees',
    body: z
      .object({
        app_id: AppId,
        name: z.string().min(1).max(200).optional(),
        display_name: z.string().min(1).max(200).optional(),
        short_description: text(200).default(''),
        description: text(2000).default(''),
        long_description: text(20_000).default(''),
        category: z.string().min(1).max(50).default('general'),
        icon: text(200).default(''),
        git_url: z.union([z.literal(''), GitUrl]).nullish(),
        pricing_model: PricingModel.default('free'),
        pricing_config: JsonObject.nullish(),
      })
      .refine((body) => body.name !== undefined || body.display_name !== undefined, {
        path: ['name'],
        error: 'give the app a name or a display_name',
      }),
    status: 201,
    response: DeveloperApp,
    errors: ['DEVELOPER_APP_ID_TAKEN', 'DEVELOPER_APP_ID_RESERVED', 'DEVELOPER_APP_LIMIT', 'DEVELOPER_PRICES_INVALID'],
  }),
  getApp: defineRoute({
    id: 'developer.get_app',
    appKey: true,
    method: 'GET',
    path: '/v1/developer/apps/{app_id}',
    auth: 'user',
    tag,
    summary: 'An own app in full, or the reduced record of an installed one',
    params: byApp,
    response: z.union([
      DeveloperApp.extend({
        owner: z.literal(true),
        tools_json: z.array(RegistryTool),
        manifest_json: JsonObject.nullable(),
        /** What the publish rules of today find in it; null for a declarative app, and while nothing is stored. */
        report: DeployReport.nullable(),
      }),
      ReducedApp,
    ]),
    errors: owned,
  }),
  updateApp: defineRoute({
    id: 'developer.update_app',
    method: 'PUT',
    path: '/v1/developer/apps/{app_id}',
    auth: 'dev',
    tag,
    summary: 'Change the record of an own app',
    params: byApp,
    body: z.object({
      name: z.string().min(1).max(200).nullish(),
      display_name: z.string().min(1).max(200).nullish(),
      short_description: text(200).nullish(),
      description: text(2000).nullish(),
      long_description: text(20_000).nullish(),
      category: z.string().min(1).max(50).nullish(),
      icon: text(200).nullish(),
      homepage: Homepage.nullish(),
      license: text(100).nullish(),
      tags: z.array(z.string().min(1).max(40)).max(20).nullish(),
      git_url: z.union([z.literal(''), GitUrl]).nullish(),
      pricing_model: PricingModel.nullish(),
      pricing_config: JsonObject.nullish(),
    }),
    response: DeveloperApp,
    errors: [...owned, 'DEVELOPER_PRICING_LOCKED', 'DEVELOPER_PRICES_INVALID'],
  }),
  deleteApp: defineRoute({
    id: 'developer.delete_app',
    method: 'DELETE',
    path: '/v1/developer/apps/{app_id}',
    auth: 'dev',
    tag,
    summary: 'Delete an own app that is not published; it is kept for 30 days',
    params: byApp,
    body: z.object({ confirm_name: z.string().min(1).max(255) }),
    response: z.object({ app_id: z.string(), status: z.literal('deleted'), installs_purged: z.number().int() }),
    errors: [...owned, 'DEVELOPER_CONFIRM_NAME', 'DEVELOPER_ILLEGAL_STATE'],
  }),
  deploy: defineRoute({
    id: 'developer.deploy',
    method: 'POST',
    path: '/v1/developer/apps/{app_id}/deploys',
    auth: 'dev',
    tag,
    summary: 'Deploy a version: upload its code (multipart), or redeploy what is stored for it (JSON)',
    params: byApp,
    bodyKind: 'multipart',
    bodyLimit: 32 * 1024 * 1024,
    body: z.object({
      version: SemanticVersion.optional(),
      changelog: text(5000).default(''),
      manifest: z.string().optional(),
      bundle: z.string().optional(),
      source_map: z.string().optional(),
      icon: z.string().optional(),
      commit_sha: z.string().min(1).max(64).optional(),
      status: z.enum(['success', 'warning', 'failed']).optional(),
      error_message: text(5000).default(''),
    }),
    status: 201,
    response: z.object({
      deploy_id: z.string(),
      app_id: z.string(),
      version: z.string(),
      status: z.string(),
      created_at: Timestamp,
      stage: z.string().nullable(),
      error_message: z.string().nullable(),
      report: DeployReport.nullable(),
    }),
    errors: [
      ...owned,
      'DEVELOPER_DEPLOY_RUNNING',
      'DEVELOPER_SUSPENDED_BY_ADMIN',
      'DEVELOPER_VERSION_EXISTS',
      'DEVELOPER_UPLOAD_INCOMPLETE',
      'DEVELOPER_UPLOAD_TOO_LARGE',
      'DEVELOPER_VERSION_MISSING',
      'DEVELOPER_VERSION_IS_DOCUMENT',
    ],
    rateLimit: { limit: 30, windowSeconds: 60, key: 'user' },
  }),
  listDeploys: defineRoute({
    id: 'developer.list_deploys',
    appKey: true,
    method: 'GET',
    path: '/v1/developer/apps/{app_id}/deploys',
    auth: 'dev',
    tag,
    summary: 'Deploys of an own app, newest first',
    params: byApp,
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    response: z.array(Deploy),
    errors: owned,
  }),
  syncManifest: defineRoute({
    id: 'developer.sync_manifest',
    method: 'POST',
    path: '/v1/developer/apps/{app_id}/_sync_manifest',
    auth: 'svc',
    tag,
    summary: 'Replace manifest or icon of the current version; the registry shows it at once',
    params: byApp,
    body: z
      .object({
        icon_svg: z.string().min(1).optional(),
        manifest_json: JsonObject.optional(),
        system: z.boolean().optional(),
        user_id: z.string().max(64).optional(),
      })
      .refine((body) => (body.icon_svg === undefined) !== (body.manifest_json === undefined), {
        error: 'send exactly one of icon_svg and manifest_json',
      }),
    bodyLimit: 2 * 1024 * 1024,
    response: z.object({ updated: z.array(z.string()) }),
    errors: [
      ...owned,
      'DEVELOPER_UPLOAD_TOO_LARGE',
      'DEVELOPER_MANIFEST_INVALID',
      'REGISTRY_ICON_INVALID',
      'REGISTRY_VERSION_NOT_DEPLOYED',
    ],
  }),
  submit: defineRoute({
    id: 'developer.submit',
    method: 'POST',
    path: '/v1/developer/apps/{app_id}/submit',
    auth: 'dev',
    tag,
    summary: 'Ask for publication in the marketplace',
    params: byApp,
    response: z.object({
      app_id: z.string(),
      status: z.string(),
      submitted_at: Timestamp.optional(),
      checks: z.array(Check),
    }),
    errors: [...owned, 'DEVELOPER_NO_SUCCESSFUL_DEPLOY', 'DEVELOPER_ILLEGAL_STATE'],
  }),
  suspend: defineRoute({
    id: 'developer.suspend',
    method: 'POST',
    path: '/v1/developer/apps/{app_id}/suspend',
    auth: 'dev',
    tag,
    summary: 'Pause a published app of one’s own',
    params: byApp,
    response: z.object({ app_id: z.string(), status: z.literal('suspended') }),
    errors: [...owned, 'DEVELOPER_ILLEGAL_STATE'],
  }),
  approve: defineRoute({
    id: 'admin.approve_app',
    method: 'POST',
    path: '/v1/admin/apps/{app_id}/approve',
    auth: 'svc-or-admin',
    platformOnly: true,
    tag: 'admin',
    summary: 'Publish an app that waits for review',
    params: byApp,
    body: z.object({ version: text(64).nullish().describe('The version that was looked at; another is refused.') }),
    response: z.object({ app_id: z.string(), status: z.literal('active'), approved_at: Timestamp }),
    errors: [
      ...owned,
      'DEVELOPER_ILLEGAL_STATE',
      'DEVELOPER_NO_SUCCESSFUL_DEPLOY',
      'DEVELOPER_PRICES_INVALID',
      'DEVELOPER_CHANGED_SINCE',
    ],
  }),
  reject: defineRoute({
    id: 'admin.reject_app',
    method: 'POST',
    path: '/v1/admin/apps/{app_id}/reject',
    auth: 'svc-or-admin',
    platformOnly: true,
    tag: 'admin',
    summary: 'Send an app that waits for review back to its developer',
    params: byApp,
    body: z.object({ reason: z.string().trim().min(1).max(500) }),
    response: z.object({ app_id: z.string(), status: z.literal('rejected'), reject_reason: z.string() }),
    errors: [...owned, 'DEVELOPER_ILLEGAL_STATE'],
  }),
  pending: defineRoute({
    id: 'admin.pending_apps',
    method: 'GET',
    path: '/v1/admin/apps/pending',
    auth: 'svc-or-admin',
    platformOnly: true,
    tag: 'admin',
    summary: 'Apps that wait for review, oldest first',
    response: z.array(
      z.object({
        app_id: z.string(),
        name: z.string(),
        display_name: z.string(),
        developer_id: z.string(),
        developer_email: z.string(),
        category: z.string(),
        version: z.string().nullable(),
        submitted_at: Timestamp,
        git_url: z.string(),
        checks: z.array(Check),
        last_deploy: Deploy.nullable(),
      }),
    ),
  }),
}
