import { setTimeout as delay } from 'node:timers/promises'
import type { JsonObject, JsonValue } from '@imperal/contract'
import type { SkeletonRow } from '../../state/index.ts'
import type { KernelParts } from '../parts.ts'
import { refreshSection } from './refresh-skeletons.ts'

/** What the classifier is told about the lines that follow (K5.14, K5.15). */
export const SKELETON_HEADER =
  'State of the apps, from a cache. Presence, and zero or not zero, are AUTHORITATIVE. Exact numbers may be STALE: a question about exact current values is answered by calling a function, never from here.'

const MOST_ITEMS = 5
const SHORT = 60
const LONGEST_TEXT = 200
const BUDGET_MS = 1_000
const MOST_REFRESHED = 8
const MOST_CHARACTERS = 20_000

const isShort = (value: JsonValue): boolean =>
  value === null || typeof value !== 'object' ? String(value).length <= SHORT : false

/** One line each: a line break or a mark of the prompt in a value must not look like more than a value. */
const plain = (value: JsonValue): string =>
  String(value).replace(/\s+/g, ' ').replace(/[<>]/g, '').slice(0, LONGEST_TEXT)

/** Scalars as they are, short lists whole, everything else by its shape (K5.8). */
export function shapeOf(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return plain(value)
  if (!Array.isArray(value)) return `dict[${Object.keys(value).length}]`
  return value.length <= MOST_ITEMS && value.every(isShort)
    ? `[${value.map(plain).join(', ')}]`
    : `list[${value.length}]`
}

const values = (data: JsonObject): string =>
  Object.entries(data)
    .filter(([key]) => !key.startsWith('_'))
    .map(([key, value]) => `${plain(key)}=${shapeOf(value)}`)
    .join(', ')

/** How old a snapshot is, in words; a section that is near its end or long over it says so (K5.16). */
function ageOf({ refreshedAt, ttl, staleReason }: SkeletonRow, now: number): string {
  if (refreshedAt === null) return 'freshness unknown'
  const age = Math.max(0, Math.round(now / 1000 - refreshedAt))
  const worn = age > 2 * ttl ? ', OUTDATED' : ttl - age < ttl / 10 ? ', about to be renewed' : ''
  return `cached ~${age}s ago${worn}${staleReason === null ? '' : ', could not be renewed'}`
}

export const lineOf = (row: SkeletonRow, now: number): string =>
  `- ${row.appId}.${row.section} (${ageOf(row, now)}): ${row.data === null ? 'unknown' : values(row.data)}`

type User = { readonly tenantId: string; readonly userId: string }

/** Refreshes what is older than twice its TTL, for a second at most; what takes longer goes on by itself (K5.6). */
async function freshen(parts: KernelParts, user: User): Promise<void> {
  const stale = await parts.state.skeletonClaimStale(user, MOST_REFRESHED)
  if (stale.length === 0) return
  const work = Promise.all(
    stale.map((row) =>
      refreshSection(parts, row).catch((error) =>
        parts.log.warn({ err: error, app: row.appId }, 'a skeleton was not refreshed'),
      ),
    ),
  )
  await Promise.race([work, delay(BUDGET_MS, undefined, { ref: false })])
}

/** The lines of the user's sections, as the classifier reads them (kernel 5.5). Apps that are switched off say nothing. */
export async function skeletonLines(parts: KernelParts, user: User): Promise<string> {
  await freshen(parts, user)
  const apps = await parts.registry.appsOf(user)
  const on = new Set(
    apps
      .filter(({ app, install }) => app.status !== 'suspended' && install?.isDisabled !== true)
      .map(({ app }) => app.appId),
  )
  const rows = await parts.state.skeletonsOf(user.tenantId, user.userId)
  const now = parts.clock.now()
  return rows
    .filter((row) => on.has(row.appId) && row.data !== null)
    .map((row) => lineOf(row, now))
    .join('\n')
    .slice(0, MOST_CHARACTERS)
}
