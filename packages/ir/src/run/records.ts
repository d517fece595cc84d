import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrDocument } from '../document.ts'
import { bareObject, isObject } from '../json.ts'
import { resolveToText } from '../template/resolve.ts'
import { newWorkBudget, virtualMembers, withVirtual } from '../template/scope.ts'
import { textOf } from '../template/text.ts'

/** A document of the store as the platform sends it (sdk.md 4.3). */
export interface StoredDocument {
  readonly id: string
  readonly collection: string
  readonly data: JsonObject
  readonly created_at: string
  readonly updated_at: string
  readonly etag: string
}

/** One JSON object: the record's own fields and three of the platform; three more are found by paths only (ir 5.1). */
export function recordView({ id, collection, data, created_at, updated_at, etag }: StoredDocument): JsonObject {
  const view = bareObject([...Object.entries(data), ['id', id], ['created_at', created_at], ['updated_at', updated_at]])
  return withVirtual(view, { data, etag, collection })
}

interface Canon {
  readonly id_from: readonly string[]
  readonly kind_const: string
  readonly title_template: string
}

const texts = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []

/** The entities of a document, or none. */
export const entitiesOf = ({ app }: IrDocument): JsonObject[] =>
  Array.isArray(app.data?.entities) ? app.data.entities.filter(isObject) : []

function canons(document: IrDocument): Map<string, Canon> {
  const found = new Map<string, Canon>()
  for (const { kind, canon } of entitiesOf(document)) {
    if (typeof kind !== 'string' || !isObject(canon)) continue
    found.set(kind, {
      id_from: texts(canon.id_from),
      kind_const: textOf(canon.kind_const ?? null),
      title_template: textOf(canon.title_template ?? null),
    })
  }
  return found
}

/** `{id, title, kind}` of a record, each only where the record has none of that name (I3.5). */
function withCanon(record: JsonObject, canon: Canon): JsonObject {
  const scope = {
    event: record,
    steps: {},
    prev: {},
    ctx: {},
    aliases: new Map<string, JsonValue>(),
    work: newWorkBudget(),
  }
  const id = canon.id_from.map((field) => record[field]).find((value) => value !== undefined && value !== null) ?? ''
  const entity = { id, title: resolveToText(canon.title_template, scope), kind: canon.kind_const }
  return { ...entity, ...record }
}

/** A result in which every record of an entity with `canon` can be used as an entity (I3.5). */
export function projectCanon(document: IrDocument, value: JsonValue): JsonValue {
  const byKind = canons(document)
  if (byKind.size === 0) return value
  const project = (entry: JsonValue): JsonValue => {
    if (Array.isArray(entry)) return entry.map(project)
    if (!isObject(entry)) return entry
    const collection = virtualMembers(entry)?.collection
    const canon = typeof collection === 'string' ? byKind.get(collection) : undefined
    if (canon !== undefined) return withCanon(entry, canon)
    return Object.fromEntries(Object.entries(entry).map(([key, member]) => [key, project(member)]))
  }
  return project(value)
}
