import { type Database, EVERY_TENANT, type Statement } from '../../foundation/db/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { LinkTarget } from './links.ts'
import type { FileTable } from './tables.ts'

const PLACE = 'tenant_id = $1 and app_id = $2 and user_id = $3'
const GET = `select * from storage.file where ${PLACE} and path = $4`
// `old` is joined before the row is written: afterwards its blob could not be told any more.
const PUT = `
with old as (
  select blob from storage.file where ${PLACE} and path = $4 for update
)
insert into storage.file as f (tenant_id, app_id, user_id, path, size, content_type, sha256, blob, created_at, updated_at)
select $1, $2, $3, $4, $5::bigint, $6, $7, $8, $9::timestamptz, $9::timestamptz from (select 1) one left join old on true
 where $10::bigint is null or $5::bigint + (
   select coalesce(sum(size), 0) from storage.file
    where tenant_id = $1 and user_id = $3 and not (app_id = $2 and path = $4)) <= $10::bigint
on conflict (tenant_id, app_id, user_id, path) do update
   set size = excluded.size, content_type = excluded.content_type, sha256 = excluded.sha256, blob = excluded.blob,
       updated_at = excluded.updated_at
returning f.*, (select blob from old) as old_blob`
const DELETE = `delete from storage.file where ${PLACE} and path = $4 returning blob`
// Who waited for another mover finds the path changed, and moves nothing.
const MOVE = `update storage.file f set path = $5, updated_at = $6::timestamptz
 where ${PLACE} and path = $4 and not exists (select from storage.file where ${PLACE} and path = $5) returning f.*`
const LIST = `select * from storage.file where ${PLACE} and path > $4 and starts_with(path, $5) order by path limit $6`
const COUNT = `select count(*) as total from storage.file where ${PLACE} and starts_with(path, $4)`
const EXPIRE = 'delete from storage.file where starts_with(path, $1) and updated_at < $2 returning blob'
const OF_BLOB = 'select * from storage.file where tenant_id = $1 and blob = $2'
const KNOWN = 'select blob from storage.file where blob = any($1::text[])'
// A database that a backup was restored into is another one, though its rows are the same.
const INSTALLATION = `select system_identifier || '.' || (select oid from pg_database where datname = current_database()) as id
 from pg_control_system()`

const place = (scope: StoreScope): string[] => [scope.tenantId, scope.appId, scope.userId]

// Two uploads of one user at once must not both find the place that is left.
const ONE_AT_A_TIME = 'select pg_advisory_xact_lock(hashtextextended($1, 4780))'

/** The last statement answers the row; none when the user would have more than `quota` bytes in all apps. */
export function putFile(
  scope: StoreScope,
  file: Pick<FileTable, 'path' | 'size' | 'content_type' | 'sha256' | 'blob'> & { readonly at: string },
  quota: number | null,
): Statement[] {
  const lock = { text: ONE_AT_A_TIME, values: [`files of ${scope.tenantId} ${scope.userId}`] }
  const facts = [file.path, file.size, file.content_type, file.sha256, file.blob, file.at, quota]
  return [...(quota === null ? [] : [lock]), { text: PUT, values: [...place(scope), ...facts] }]
}
export const deleteFile = (scope: StoreScope, path: string): Statement => ({
  text: DELETE,
  values: [...place(scope), path],
})

export const moveFile = (scope: StoreScope, from: string, to: string, at: string): Statement => ({
  text: MOVE,
  values: [...place(scope), from, to, at],
})

export async function findFile(db: Database, scope: StoreScope, path: string): Promise<FileTable | null> {
  const [result] = await db.atomic(scope.tenantId, [{ text: GET, values: [...place(scope), path] }])
  return (result?.rows[0] as FileTable | undefined) ?? null
}

export async function findBlob(db: Database, target: LinkTarget): Promise<FileTable | null> {
  const values = [target.tenantId, target.blob]
  const [result] = await db.atomic(target.tenantId, [{ text: OF_BLOB, values }])
  return (result?.rows[0] as FileTable | undefined) ?? null
}

export async function listFiles(
  db: Database,
  scope: StoreScope,
  page: { readonly after: string; readonly prefix: string; readonly limit: number },
): Promise<FileTable[]> {
  const values = [...place(scope), page.after, page.prefix, page.limit]
  const [result] = await db.atomic(scope.tenantId, [{ text: LIST, values }])
  return (result?.rows ?? []) as FileTable[]
}

export async function countFiles(db: Database, scope: StoreScope, prefix: string): Promise<number> {
  const [result] = await db.atomic(scope.tenantId, [{ text: COUNT, values: [...place(scope), prefix] }])
  return Number(result?.rows[0]?.total ?? 0)
}

/** Forgets files that were there for a while only, of everybody; their contents. */
export async function expireFiles(db: Database, prefix: string, before: string): Promise<string[]> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: EXPIRE, values: [prefix, before] }])
  return (result?.rows ?? []).map((row: { blob: string }) => row.blob)
}

/** Which of the contents are some file's. */
export async function knownBlobs(db: Database, blobs: readonly string[]): Promise<ReadonlySet<string>> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: KNOWN, values: [blobs] }])
  return new Set((result?.rows ?? []).map((row: { blob: string }) => row.blob))
}

/** The installation whose contents these are: the same for all of its processes, another one for a copy of its database. */
export async function installationId(db: Database): Promise<string> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: INSTALLATION, values: [] }])
  const row: { id: string } | undefined = result?.rows[0]
  if (row === undefined) throw new Error('PostgreSQL did not say which database this is')
  return row.id
}
