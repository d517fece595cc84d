import type * as z from 'zod'
import { StoreContractError } from '../errors.ts'
import { refuse } from '../refuse.ts'
import { type Document, withData } from '../values/document.ts'
import { entries, fromEntries, type JsonObject, type JsonPrimitive } from '../values/json.ts'
import { createPage, type Page } from '../values/page.ts'
import type { QueryOptions, StoreClient } from './store.ts'

/** A collection with a schema: a document that does not fit is neither written nor handed out. */
export interface TypedCollection<T extends object> {
  create(data: T): Promise<Document<T>>
  get(id: string): Promise<Document<T>>
  find(id: string): Promise<Document<T> | null>
  query(options?: QueryOptions): Promise<Page<Document<T>>>
  update(id: string, patch: Partial<T>, options?: { ifMatch?: string }): Promise<Document<T>>
  set(id: string, data: T): Promise<Document<T>>
  delete(id: string): Promise<boolean>
  count(where?: Record<string, JsonPrimitive>): Promise<number>
}

/**
 * @throws ValidationError before writing data that does not fit
 * @throws StoreContractError when a stored document does not fit
 */
export function typedCollection<S extends z.ZodObject>(
  store: StoreClient,
  name: string,
  schema: S,
): TypedCollection<z.infer<S>> {
  type T = z.infer<S>
  const patchSchema = schema.partial()
  const read = (document: Document<JsonObject>): Document<T> => readAs<T>(schema, document)
  const readPage = (page: Page<Document<JsonObject>>): Page<Document<T>> =>
    createPage({ data: page.map(read), cursor: page.cursor, hasMore: page.hasMore, total: page.total }, async () => {
      const following = await page.next()
      if (following === null) throw new StoreContractError('The page has a cursor but nothing follows')
      return readPage(following)
    })
  return {
    create: async (data) => read(await store.create(name, checked(schema, data))),
    get: async (id) => read(await store.get(name, id)),
    find: async (id) => {
      const document = await store.find(name, id)
      return document === null ? null : read(document)
    },
    query: async (options) => readPage(await store.query(name, options)),
    update: async (id, patch, options) => {
      const fields = onlyGiven(checked(patchSchema, patch), patch)
      return read(await store.update(name, id, fields, options))
    },
    set: async (id, data) => read(await store.set(name, id, checked(schema, data))),
    delete: (id) => store.delete(name, id),
    count: (where) => store.count(name, where),
  }
}

function checked(schema: z.ZodObject, data: unknown): JsonObject {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data as JsonObject // the store checks that it is JSON
  const issue = parsed.error.issues[0]
  refuse(issue?.path.join('.') || 'data', issue?.message ?? 'The data does not fit the collection')
}

/** Defaults of absent fields must not overwrite what is stored. */
function onlyGiven(parsed: JsonObject, patch: object): JsonObject {
  return fromEntries(entries(parsed).filter(([field]) => field in patch))
}

function readAs<T>(schema: z.ZodObject, document: Document<JsonObject>): Document<T> {
  const parsed = schema.safeParse(document.data)
  if (!parsed.success) {
    throw new StoreContractError(`Document '${document.id}' of '${document.collection}' does not fit its schema`)
  }
  return withData<T>(document as Document<T>, parsed.data as JsonObject) // the schema's output
}
