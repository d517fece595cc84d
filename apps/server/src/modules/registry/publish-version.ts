import { createHash } from 'node:crypto'
import type { Manifest } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { noticeApp, noticePublished } from './announce.ts'
import { cleanSvg } from './clean-svg.ts'
import { registryErrors } from './errors.ts'
import { toVersion } from './rows.ts'
import type { AppVersion, NewVersion } from './types.ts'

/** Names the content of a bundle and its source map. */
export function artefactHash(bundle: string, sourceMap: string | null): string {
  const hash = createHash('sha256')
  // Lengths keep the border between the two parts; without them different pairs could share a name.
  hash.update(`${Buffer.byteLength(bundle)}:${sourceMap === null ? '-' : Buffer.byteLength(sourceMap)}\n`)
  hash.update(bundle).update('\n')
  if (sourceMap !== null) hash.update(sourceMap)
  return hash.digest('hex')
}

function cleanIcon(iconSvg: string | null): string | null {
  if (iconSvg === null) return null
  const cleaned = cleanSvg(iconSvg)
  if (!cleaned.ok) throw registryErrors.ICON_INVALID({ reason: cleaned.reason })
  return cleaned.svg
}

/** Texts that the developer left empty come from the manifest, so that the smallest app record is enough. */
function fillEmptyTexts(tx: Tx, appId: string, next: NewVersion) {
  const { manifest } = next
  const description = manifest.description ?? ''
  const fill = (column: string, value: string) =>
    sql`case when ${sql.ref(column)} = '' then ${value} else ${sql.ref(column)} end`
  return sql`
    update registry.app set
      short_description = ${fill('short_description', description.slice(0, 200))},
      long_description = ${fill('long_description', description)},
      homepage = ${fill('homepage', manifest.homepage ?? '')},
      license = ${fill('license', manifest.license ?? '')},
      category = case when category = 'general' then ${manifest.category ?? 'general'} else category end,
      tags = case when tags = '[]'::jsonb then ${JSON.stringify(manifest.tags ?? [])}::jsonb else tags end
    where app_id = ${appId}`.execute(tx)
}

/** Users whose hooks ran for an earlier version move to this one; a user whose install hook is still due starts on it. */
function queueUpgrades(tx: Tx, appId: string, version: string, now: string) {
  return sql`
    insert into registry.due_hook (tenant_id, user_id, app_id, hook, from_version, to_version, next_at)
    select tenant_id, user_id, app_id, 'on_upgrade', installed_version, ${version}, ${now}::timestamptz
    from registry.install where app_id = ${appId} and installed_version <> ''
    on conflict (tenant_id, user_id, app_id) where hook = 'on_upgrade' and not gave_up
    do update set to_version = excluded.to_version, next_at = excluded.next_at, attempts = 0`.execute(tx)
}

/** Stores code and manifest of a version and makes it live. Needs a transaction of every tenant. */
export async function publishVersion(tx: Tx, appId: string, next: NewVersion, now: string): Promise<AppVersion> {
  const hash = artefactHash(next.bundle, next.sourceMap)
  const iconSvg = cleanIcon(next.iconSvg)
  await tx
    .insertInto('registry.artefact')
    .values({ hash, bundle: next.bundle, source_map: next.sourceMap, created_at: now })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
  const values = {
    manifest: JSON.stringify(next.manifest),
    extras: '{}',
    artefact_hash: hash,
    icon_svg: iconSvg,
    format: next.format ?? 'bundle',
    revision: next.revision ?? null,
    updated_at: now,
  }
  const row = await tx
    .insertInto('registry.version')
    .values({ app_id: appId, version: next.version, created_at: now, ...values })
    .onConflict((conflict) => conflict.columns(['app_id', 'version']).doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow()
  const app = await tx
    .updateTable('registry.app')
    .set({ live_version: next.version, updated_at: now })
    .where('app_id', '=', appId)
    .where('status', '<>', 'deleted')
    .returning('app_id')
    .executeTakeFirst()
  if (!app) throw registryErrors.APP_NOT_FOUND()
  await fillEmptyTexts(tx, appId, next)
  await queueUpgrades(tx, appId, next.version, now)
  await noticePublished(tx, appId)
  const version = toVersion(row)
  if (!version) throw new Error('a published version has code')
  return version
}

/**
 * Replaces manifest or icon of a stored version and leaves its code as it is; without such a version one without code
 * is made. @throws REGISTRY_ICON_INVALID
 */
export async function amendVersion(
  tx: Tx,
  appId: string,
  amended: { version: string; manifest?: Manifest | undefined; iconSvg?: string | undefined; now: string },
): Promise<void> {
  const values = {
    ...(amended.manifest === undefined ? {} : { manifest: JSON.stringify(amended.manifest) }),
    ...(amended.iconSvg === undefined ? {} : { icon_svg: cleanIcon(amended.iconSvg) }),
    updated_at: amended.now,
  }
  const updated = await tx
    .updateTable('registry.version')
    .set(values)
    .where('app_id', '=', appId)
    .where('version', '=', amended.version)
    .executeTakeFirst()
  if (updated.numUpdatedRows === 0n) {
    if (amended.manifest === undefined) throw registryErrors.VERSION_NOT_DEPLOYED({ appId, version: amended.version })
    const manifest = JSON.stringify(amended.manifest)
    const empty = { app_id: appId, version: amended.version, artefact_hash: null, icon_svg: null }
    await tx
      .insertInto('registry.version')
      .values({ ...empty, created_at: amended.now, ...values, manifest })
      .execute()
  }
  await noticeApp(tx, appId)
}
