import type { JsonObject, JsonValue } from '@imperal/contract'
import { isObject, ownMember } from '../json.ts'
import { IR_LIMITS, weigh } from '../limits.ts'
import { textOf } from '../template/text.ts'
import { withPortErrors } from './port-errors.ts'
import { recordView, type StoredDocument } from './records.ts'
import { RunError } from './run-error.ts'
import { checkTime, type RunState } from './run-state.ts'

const PLATFORM_FIELDS: ReadonlySet<string> = new Set(['id', 'created_at', 'updated_at'])
/** Records that are read at once for conditions which the store cannot check itself. */
const SCAN = 1000
/** Such pages at the most; a run has its time besides. */
const MOST_SCANS = 100
/** Pages at the most where everything counts: the store ends a page early when its records are large. */
const MOST_PAGES = 20
/** The most that the store gives at once. */
const LARGEST_PAGE = 1000

const valueAt = (record: JsonObject, path: string): JsonValue | undefined =>
  path
    .split('.')
    .reduce<JsonValue | undefined>((found, key) => (isObject(found) ? ownMember(found, key) : undefined), record)

/** Equality with scalars; null also means missing (ir 5.1). */
export function matches(record: JsonObject, where: JsonObject): boolean {
  return Object.entries(where).every(([path, wanted]) => {
    const found = Object.hasOwn(record, path) ? record[path] : valueAt(record, path)
    return wanted === null ? found === undefined || found === null : found === wanted
  })
}

export function checkWhere(where: JsonObject): void {
  for (const [field, value] of Object.entries(where)) {
    if (typeof value === 'object' && value !== null)
      throw new RunError('IR_TEMPLATE_TYPE', `“${field}” can only be compared with a text, a number or a boolean.`)
  }
}

interface Page {
  readonly data: readonly StoredDocument[]
  readonly cursor: string | null
  readonly has_more: boolean
}

export interface Selection {
  readonly where: JsonObject
  readonly limit: number
  readonly orderBy: string | null
  readonly cursor: string | null
  /** Of what is found only the id is kept. */
  readonly onlyIds?: boolean
}

export interface Selected {
  readonly docs: JsonObject[]
  readonly cursor: string | null
  readonly hasMore: boolean
}

export async function getRecord(state: RunState, collection: string, id: string): Promise<JsonObject | null> {
  if (id.trim() === '') throw new RunError('VALIDATION_MISSING_FIELD', '“id” is empty.', { missing_fields: ['id'] })
  const found = await withPortErrors(() => state.callback('store', 'get', [collection, id]))
  return found === null ? null : recordView(found as unknown as StoredDocument) // wire form of the store
}

function queryPage(state: RunState, collection: string, query: JsonObject): Promise<Page> {
  return withPortErrors(async () => (await state.callback('store', 'query', [collection, query])) as unknown as Page) // wire form of the store
}

/** Records of one collection; what the store can compare it compares, dot paths and platform fields are compared here. */
export async function selectRecords(state: RunState, collection: string, selection: Selection): Promise<Selected> {
  const { where, limit, orderBy } = selection
  if (typeof where.id === 'string') return selectOne(state, collection, where.id, where)
  const isOwn = (field: string) => !field.includes('.') && !PLATFORM_FIELDS.has(field)
  const simple = Object.fromEntries(Object.entries(where).filter(([field]) => isOwn(field)))
  const query = { where: simple, order_by: orderBy ?? '-created_at' }
  const scans = Object.keys(simple).length < Object.keys(where).length
  const docs: JsonObject[] = []
  let { cursor } = selection
  let left = IR_LIMITS.stepResultBytes
  const pages = scans ? MOST_SCANS : MOST_PAGES
  for (let page = 0; page < pages; page += 1) {
    checkTime(state)
    const missing = limit - docs.length
    const size = scans ? SCAN : Math.min(missing, LARGEST_PAGE)
    const found = await readPage(state, collection, { ...query, limit: size, cursor }, { where, missing })
    const fitting = selection.onlyIds ? found.docs.map(({ id = null }): JsonObject => ({ id })) : found.docs
    left -= weigh(fitting, Math.max(0, left))
    if (left < 0) throw tooLarge()
    docs.push(...fitting)
    cursor = found.cursor
    if (!found.hasMore || docs.length >= limit) return { docs, cursor, hasMore: found.hasMore }
  }
  throw scans
    ? new RunError('IR_LIMIT', `More than ${SCAN * MOST_SCANS} records would have to be read to find those that fit.`)
    : new RunError('IR_LIMIT', `The records fill more than ${MOST_PAGES} pages. Ask for fewer with “limit”.`)
}

const tooLarge = (): RunError =>
  new RunError(
    'IR_LIMIT',
    `The records are larger than the ${IR_LIMITS.stepResultBytes} bytes of a step's result. Ask for fewer with “limit”.`,
  )

interface Wanted {
  readonly where: JsonObject
  readonly missing: number
}

/**
 * What fits of one page, no more than is missing. A page that holds more is read again up to the last one that counts:
 * its cursor is where the next page of the caller begins.
 */
async function readPage(
  state: RunState,
  collection: string,
  query: JsonObject & { readonly limit: number },
  wanted: Wanted,
): Promise<Selected> {
  const { data, cursor, has_more } = await queryPage(state, collection, query)
  const views = data.map(recordView)
  let left = wanted.missing
  const end = views.findIndex((view) => {
    if (matches(view, wanted.where)) left -= 1
    return left === 0
  })
  if (end >= 0 && end < views.length - 1) return readPage(state, collection, { ...query, limit: end + 1 }, wanted)
  return { docs: views.filter((view) => matches(view, wanted.where)), cursor, hasMore: has_more }
}

async function selectOne(state: RunState, collection: string, id: string, where: JsonObject): Promise<Selected> {
  const record = id === '' ? null : await getRecord(state, collection, id)
  return { docs: record !== null && matches(record, where) ? [record] : [], cursor: null, hasMore: false }
}

function order(orderBy: string | null): (one: JsonObject, other: JsonObject) => number {
  const descending = orderBy === null || orderBy.startsWith('-')
  const field = orderBy === null ? 'created_at' : orderBy.replace(/^-/, '')
  const compare = (one: JsonValue, other: JsonValue): number => {
    if (typeof one === 'number' && typeof other === 'number') return one - other
    const [left, right] = [textOf(one), textOf(other)]
    return left < right ? -1 : left > right ? 1 : 0
  }
  return (one, other) => compare(one[field] ?? null, other[field] ?? null) * (descending ? -1 : 1)
}

/** Only the named records, as far as they exist and fit. */
export async function selectByIds(
  state: RunState,
  collection: string,
  ids: readonly string[],
  selection: Selection,
): Promise<Selected> {
  const docs: JsonObject[] = []
  for (const id of new Set(ids)) {
    const record = id === '' ? null : await getRecord(state, collection, id)
    if (record !== null && matches(record, selection.where)) docs.push(record)
  }
  docs.sort(order(selection.orderBy))
  return { docs: docs.slice(0, selection.limit), cursor: null, hasMore: docs.length > selection.limit }
}

/** Ids of a bulk step. @throws RunError IR_LIMIT above 500, IR_TEMPLATE_TYPE for anything but texts */
export function idsOf(value: JsonValue | undefined): string[] {
  const ids = Array.isArray(value) ? value : []
  if (ids.length > IR_LIMITS.bulkIds)
    throw new RunError('IR_LIMIT', `A step handles at most ${IR_LIMITS.bulkIds} records.`)
  if (!ids.every((id) => typeof id === 'string'))
    throw new RunError('IR_TEMPLATE_TYPE', '“ids” must be a list of texts.')
  return [...new Set(ids)]
}
