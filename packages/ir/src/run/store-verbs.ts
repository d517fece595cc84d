import type { JsonObject, JsonValue } from '@imperal/contract'
import { bareObject, isObject } from '../json.ts'
import { IR_LIMITS } from '../limits.ts'
import { checkEntity } from './entity-fields.ts'
import { withPortErrors } from './port-errors.ts'
import { recordView, type StoredDocument } from './records.ts'
import { RunError } from './run-error.ts'
import type { RunState } from './run-state.ts'
import { checkWhere, getRecord, idsOf, type Selection, selectByIds, selectRecords } from './select-records.ts'

type StoreVerb = (state: RunState, args: JsonObject) => Promise<JsonValue>

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const object = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})

const PLATFORM_OWNED: ReadonlySet<string> = new Set([
  'id',
  'created_at',
  'updated_at',
  'etag',
  'user_id',
  'tenant_id',
  'collection',
])
/** What an author writes: members of the platform are ignored, wherever they came from. */
const authored = (data: JsonObject): JsonObject =>
  bareObject(Object.entries(data).filter(([name]) => !PLATFORM_OWNED.has(name)))

const create: StoreVerb = async (state, args) => {
  const collection = text(args.collection)
  const data = checkEntity(state.document, collection, { data: authored(object(args.data)), isNew: true })
  const made = await withPortErrors(() => state.callback('store', 'create', [collection, data]))
  const doc = recordView(made as unknown as StoredDocument) // wire form of the store
  state.affected.push(text(doc.id))
  return { id: doc.id ?? null, doc }
}

const get: StoreVerb = async (state, args) => ({
  doc: await getRecord(state, text(args.collection), text(args.id)),
})

const list: StoreVerb = async (state, args) => {
  const limit = typeof args.limit === 'number' ? args.limit : 100
  if (limit < 1 || limit > IR_LIMITS.listLimit)
    throw new RunError('IR_LIMIT', `“limit” must be between 1 and ${IR_LIMITS.listLimit}.`)
  const where = object(args.where)
  checkWhere(where)
  const orderBy = typeof args.order_by === 'string' ? args.order_by : null
  const selection: Selection = { where, limit, orderBy, cursor: typeof args.cursor === 'string' ? args.cursor : null }
  const collection = text(args.collection)
  const found =
    args.ids === undefined
      ? await selectRecords(state, collection, selection)
      : await selectByIds(state, collection, idsOf(args.ids), selection)
  const { docs, cursor, hasMore } = found
  return { docs, ids: docs.map((doc) => doc.id ?? null), count: docs.length, has_more: hasMore, cursor }
}

/** The ids that a bulk step works on: those that were named, or those that fit now (I5.2). */
async function targetsOf(state: RunState, args: JsonObject): Promise<string[]> {
  const named = ['id', 'ids', 'where'].filter((name) => args[name] !== undefined)
  if (named.length !== 1) throw new RunError('IR_MISSING_VALUE', 'Exactly one of id, ids or where says what to change.')
  if (args.id !== undefined) return [text(args.id)]
  if (args.ids !== undefined) return idsOf(args.ids)
  const where = object(args.where)
  if (Object.keys(where).length === 0)
    throw new RunError('IR_MISSING_VALUE', 'An empty “where” would change everything.')
  checkWhere(where)
  const selection = { where, limit: IR_LIMITS.bulkIds, orderBy: 'created_at', cursor: null, onlyIds: true }
  const { docs, hasMore } = await selectRecords(state, text(args.collection), selection)
  if (hasMore && docs.length >= IR_LIMITS.bulkIds)
    throw new RunError('IR_LIMIT', `More than ${IR_LIMITS.bulkIds} records fit; a step handles at most so many.`)
  return docs.map((doc) => text(doc.id))
}

/** Works on one id after the other; a failure in the middle says what was done already (I5.3). */
async function each(ids: readonly string[], work: (id: string) => Promise<boolean>): Promise<string[]> {
  const done: string[] = []
  for (const id of ids) {
    try {
      if (await work(id)) done.push(id)
    } catch (error) {
      if (!(error instanceof RunError) || ids.length === 1) throw error
      throw new RunError(error.code, error.message, { ...error.detail, done_ids: done }, error.retryable)
    }
  }
  return done
}

function needId(id: string): void {
  if (id.trim() === '') throw new RunError('VALIDATION_MISSING_FIELD', '“id” is empty.', { missing_fields: ['id'] })
}

/** Null: there is no such record. The merge cannot remove a member, so `unset` writes the record anew. */
async function write(state: RunState, args: JsonObject, id: string): Promise<JsonObject | null> {
  const collection = text(args.collection)
  const unset = Array.isArray(args.unset) ? args.unset.filter((name) => typeof name === 'string') : []
  const data = checkEntity(state.document, collection, { data: authored(object(args.set)), isNew: false, unset })
  const ifMatch = typeof args.if_match === 'string' ? args.if_match : null
  try {
    if (unset.length > 0) return await rewrite(state, { collection, id, data, unset, ifMatch })
    const condition = ifMatch === null ? {} : { if_match: ifMatch }
    const changed = await withPortErrors(() => state.callback('store', 'update', [collection, id, data, condition]))
    return recordView(changed as unknown as StoredDocument) // wire form of the store
  } catch (error) {
    if (error instanceof RunError && error.code === 'IR_NOT_FOUND') return null
    throw error
  }
}

interface Rewrite {
  readonly collection: string
  readonly id: string
  readonly data: JsonObject
  readonly unset: readonly string[]
  readonly ifMatch: string | null
}

/** Tries again when somebody else wrote in between, unless the author asked for a certain state. */
const MOST_REWRITES = 5

async function rewrite(state: RunState, change: Rewrite, attempt = 1): Promise<JsonObject | null> {
  const { collection, id, data, unset, ifMatch } = change
  const found = await withPortErrors(() => state.callback('store', 'get', [collection, id]))
  if (found === null) return null
  const before = found as unknown as StoredDocument // wire form of the store
  if (ifMatch !== null && ifMatch !== before.etag)
    throw new RunError('IR_CONFLICT', 'The record was changed by somebody else meanwhile.')
  const kept = bareObject(Object.entries({ ...before.data, ...data }).filter(([name]) => !unset.includes(name)))
  const condition = { if_match: before.etag }
  try {
    const changed = await withPortErrors(() => state.callback('store', 'set', [collection, id, kept, condition]))
    return recordView(changed as unknown as StoredDocument) // wire form of the store
  } catch (error) {
    const collided = error instanceof RunError && error.code === 'IR_CONFLICT'
    if (!collided || ifMatch !== null || attempt >= MOST_REWRITES) throw error
    return rewrite(state, change, attempt + 1)
  }
}

const update: StoreVerb = async (state, args) => {
  const single = args.id !== undefined
  const ids = await targetsOf(state, args)
  if (single) needId(ids[0] ?? '')
  if (args.if_match !== undefined && !single)
    throw new RunError('IR_TEMPLATE_TYPE', '“if_match” goes with a single “id”.')
  const done = await each(ids, async (id) => {
    const changed = await write(state, args, id)
    if (changed === null && single) throw new RunError('IR_NOT_FOUND', 'There is no such record.')
    return changed !== null
  })
  state.affected.push(...done)
  return { ids: done, count: done.length, missing: ids.filter((id) => !done.includes(id)) }
}

const remove: StoreVerb = async (state, args) => {
  const ids = await targetsOf(state, args)
  if (args.id !== undefined) needId(ids[0] ?? '')
  const done = await each(
    ids,
    async (id) => (await withPortErrors(() => state.callback('store', 'delete', [text(args.collection), id]))) === true,
  )
  state.affected.push(...done)
  return { ids: done, count: done.length }
}

/** The five store verbs (ir 5.1): always the calling user's records of this app in this tenant. */
export const STORE_VERBS: Readonly<Record<string, StoreVerb>> = {
  'store.create': create,
  'store.get': get,
  'store.list': list,
  'store.update': update,
  'store.delete': remove,
}
