import { type JsonObject, Manifest, type ManifestTool, type RegistryTool, SYNTHETIC_PREFIX } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { noticeApp } from './announce.ts'
import { registryErrors } from './errors.ts'
import { ACTIVITY_PREFIX } from './registry-tools.ts'
import { toStoredVersion } from './rows.ts'
import type { AppRecord, StoredVersion } from './types.ts'

/** Members of a pushed tool that the manifest has a place for; everything else is kept beside it. */
const KNOWN = new Set(
  (
    'name activity description action_type chain_callable effects id_projection params_schema return_schema event ' +
    'background long_running idempotent scopes parameters owner_chat_tool synthetic required_scopes'
  ).split(' '),
)

export const canonicalName = (tool: RegistryTool): string =>
  tool.activity === undefined
    ? (tool.name ?? '')
    : tool.activity.startsWith(ACTIVITY_PREFIX)
      ? tool.activity.slice(ACTIVITY_PREFIX.length)
      : tool.activity

const given = (tool: RegistryTool): JsonObject =>
  Object.fromEntries(
    Object.entries(tool).filter(([name, value]) => KNOWN.has(name) && value !== null && value !== undefined),
  ) as JsonObject

/**
 * What a push means for one tool. Older clients leave most members out: those are kept from the version before. A new
 * tool without an action type could do anything, so it counts as destructive and is left out of chains.
 */
function toManifestTool(tool: RegistryTool, before: ManifestTool | undefined): JsonObject {
  const name = canonicalName(tool)
  const { activity: _activity, required_scopes, ...members } = given(tool)
  // The older spelling is always there; empty it says nothing.
  const scopes = members.scopes ?? (tool.required_scopes.length > 0 ? required_scopes : undefined)
  const unknown = before === undefined && members.action_type === undefined && members.parameters === undefined
  return {
    ...(before as JsonObject | undefined),
    ...members,
    ...(unknown ? { action_type: 'destructive', chain_callable: false } : {}),
    ...(scopes === undefined ? {} : { scopes }),
    name,
  }
}

function extrasOf(tool: RegistryTool, before: ManifestTool | undefined, extras: JsonObject | undefined): JsonObject {
  const rest = Object.fromEntries(
    Object.entries(tool).filter(([name, value]) => !KNOWN.has(name) && value !== undefined),
  ) as JsonObject
  const title = tool.activity !== undefined && tool.name !== undefined && tool.name !== canonicalName(tool)
  const untyped = (tool.action_type ?? null) === null && tool.parameters === undefined
  const fresh = untyped && (before === undefined || extras?.action_type === null)
  return {
    ...rest,
    ...(title ? { title: tool.name ?? '' } : {}),
    ...(fresh ? { action_type: null } : {}),
    ...(tool.required_scopes.length > 0 ? { required_scopes: tool.required_scopes } : {}),
  }
}

function manifestOf(app: AppRecord, version: string): JsonObject {
  return { manifest_schema_version: 3, app_id: app.appId, version, name: app.name, description: app.shortDescription }
}

/**
 * Replaces the tools of an app's current manifest. Without code the manifest is only stored, never live.
 * @throws REGISTRY_VERSION_NOT_DEPLOYED when a version is named whose code is not live, REGISTRY_MANIFEST_INVALID
 */
export async function pushTools(
  tx: Tx,
  app: AppRecord,
  push: { current: StoredVersion | null; tools: readonly RegistryTool[]; version: string | undefined; now: string },
): Promise<StoredVersion> {
  const { current } = push
  const version = push.version ?? current?.version ?? '1.0.0'
  if (app.liveVersion !== null && version !== app.liveVersion) {
    throw registryErrors.VERSION_NOT_DEPLOYED({ appId: app.appId, version })
  }
  const known = new Map(current?.manifest.tools.map((tool) => [tool.name, tool]))
  const before = (tool: RegistryTool) => known.get(canonicalName(tool))
  // Panels and webhooks are reached through tools that no client lists; a push of the list must not cut them off.
  const isSynthetic = (name: string) => name.startsWith(SYNTHETIC_PREFIX)
  const synthetic = current?.manifest.tools.filter((tool) => isSynthetic(tool.name)) ?? []
  const listed = push.tools.filter((tool) => !isSynthetic(canonicalName(tool)))
  const manifest = Manifest.safeParse({
    ...((current?.manifest as unknown as JsonObject | undefined) ?? manifestOf(app, version)),
    version,
    tools: [...listed.map((tool) => toManifestTool(tool, before(tool))), ...synthetic],
  })
  if (!manifest.success) {
    const problems = manifest.error.issues.map((issue) => `${issue.path.join('.') || 'root'}: ${issue.message}`)
    throw registryErrors.MANIFEST_INVALID({ problems: problems.slice(0, 10).join('; ') })
  }
  const values = {
    manifest: JSON.stringify(manifest.data),
    extras: JSON.stringify(
      Object.fromEntries(
        listed.map((tool) => {
          const name = canonicalName(tool)
          return [name, extrasOf(tool, before(tool), current?.extras[name])]
        }),
      ),
    ),
    updated_at: push.now,
  }
  const row = await tx
    .insertInto('registry.version')
    .values({ app_id: app.appId, version, artefact_hash: null, icon_svg: null, created_at: push.now, ...values })
    .onConflict((conflict) => conflict.columns(['app_id', 'version']).doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow()
  await noticeApp(tx, app.appId)
  return toStoredVersion(row)
}
