import type { DocumentIssue, DocumentRevision, JsonObject } from '@imperal/contract'
import { type Formats, IR_LIMITS, type IrDocument, parseNormalForm, StaleDocument } from '@imperal/ir'
import type { Selectable } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import type { RevisionTable } from './tables.ts'

export type RevisionRow = Selectable<RevisionTable>

/** What a revision runs as today; null when its format is no longer run. */
export function normalOf(row: Pick<RevisionRow, 'normal'>, formats?: Formats): IrDocument | null {
  try {
    return parseNormalForm(row.normal, formats)
  } catch (error) {
    if (error instanceof StaleDocument) return null
    throw error
  }
}
export const sourceOf = (row: Pick<RevisionRow, 'source'>): JsonObject => JSON.parse(row.source)
export const stepsOf = ({ app }: IrDocument): number => app.functions.reduce((sum, fn) => sum + fn.steps.length, 0)

/** The revision that is live; null when there is none, or when code was deployed over it since. */
export async function activeRevision(
  tx: Tx,
  appId: string,
  live: { readonly artefactHash: string | null } | null,
): Promise<RevisionRow | null> {
  const row = await tx
    .selectFrom('ir.active as a')
    .innerJoin('ir.revision as r', (join) =>
      join.onRef('r.app_id', '=', 'a.app_id').onRef('r.revision', '=', 'a.revision'),
    )
    .selectAll('r')
    .where('a.app_id', '=', appId)
    .executeTakeFirst()
  return row !== undefined && row.artefact_hash === live?.artefactHash ? row : null
}

export async function findRevision(tx: Tx, appId: string, revision: number): Promise<RevisionRow | null> {
  const row = await tx
    .selectFrom('ir.revision')
    .selectAll()
    .where('app_id', '=', appId)
    .where('revision', '=', revision)
    .executeTakeFirst()
  return row ?? null
}

export function recentRevisions(tx: Tx, appId: string, limit: number): Promise<RevisionRow[]> {
  return tx
    .selectFrom('ir.revision')
    .selectAll()
    .where('app_id', '=', appId)
    .orderBy('revision', 'desc')
    .limit(limit)
    .execute()
}

export interface NewRevision {
  readonly appId: string
  readonly tenantId: string
  readonly source: string
  readonly normal: string
  readonly sha256: string
  readonly artefactHash: string
  readonly formatVersion: string
  readonly appVersion: string
  readonly migratedFrom: string | null
  readonly contentOf: number | null
  readonly previous: number | null
  readonly issues: readonly DocumentIssue[]
  readonly createdBy: string
  readonly now: string
}

/** Stores the next revision and points at it. The app's lock, which the caller holds, makes numbers unique (I13.7). */
export async function activateRevision(tx: Tx, next: NewRevision): Promise<number> {
  const last = await tx
    .selectFrom('ir.revision')
    .select('revision')
    .where('app_id', '=', next.appId)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst()
  const revision = (last?.revision ?? 0) + 1
  await tx
    .insertInto('ir.revision')
    .values({
      app_id: next.appId,
      revision,
      tenant_id: next.tenantId,
      source: next.source,
      normal: next.normal,
      sha256: next.sha256,
      artefact_hash: next.artefactHash,
      format_version: next.formatVersion,
      app_version: next.appVersion,
      migrated_from: next.migratedFrom,
      content_of: next.contentOf,
      previous: next.previous,
      issues: JSON.stringify(next.issues),
      created_by: next.createdBy,
      created_at: next.now,
    })
    .execute()
  const pointer = { tenant_id: next.tenantId, revision, activated_at: next.now }
  await tx
    .insertInto('ir.active')
    .values({ app_id: next.appId, ...pointer })
    .onConflict((conflict) => conflict.column('app_id').doUpdateSet(pointer))
    .execute()
  await tx
    .deleteFrom('ir.revision')
    .where('app_id', '=', next.appId)
    .where('revision', '<=', revision - IR_LIMITS.revisionsKept)
    .execute()
  return revision
}

export function toRevision(row: RevisionRow, active: number | null, formats?: Formats): DocumentRevision {
  const document = normalOf(row, formats)
  return {
    revision: row.revision,
    active: row.revision === active,
    version: row.app_version,
    format_version: row.format_version,
    sha256: row.sha256,
    steps: document === null ? 0 : stepsOf(document),
    functions: document === null ? [] : document.app.functions.map(({ name }) => name),
    content_of: row.content_of,
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    warnings: row.issues,
  }
}
