import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrDocument } from '../document.ts'
import { bareObject, isObject, isOfType, type TypeWord, typeWord } from '../json.ts'
import { textOf } from '../template/text.ts'
import { entitiesOf } from './records.ts'
import { RunError } from './run-error.ts'

const TYPES: Readonly<Record<string, TypeWord>> = {
  string: 'string',
  str: 'string',
  integer: 'integer',
  int: 'integer',
  number: 'number',
  float: 'number',
  boolean: 'boolean',
  bool: 'boolean',
  array: 'array',
  list: 'array',
  object: 'object',
  dict: 'object',
}
/** The type that a document names, in either spelling; undefined: no such type. */
export const namedType = (word: JsonValue | undefined): TypeWord | undefined =>
  typeof word === 'string' && Object.hasOwn(TYPES, word) ? TYPES[word] : undefined

const wrong = (message: string, field: string) => new RunError('VALIDATION_TYPE_ERROR', message, { field })

function checkField(name: string, rule: JsonObject, value: JsonValue): void {
  const expected = namedType(rule.type)
  if (expected !== undefined && value !== null && !isOfType(value, expected))
    throw wrong(`“${name}” must be ${expected}, not ${typeWord(value)}.`, name)
  if (Array.isArray(rule.enum) && !rule.enum.some((option) => textOf(option) === textOf(value)))
    throw wrong(`“${name}” must be one of: ${rule.enum.map(textOf).join(', ')}.`, name)
  if (typeof rule.max_length === 'number' && typeof value === 'string' && value.length > rule.max_length)
    throw wrong(`“${name}” has at most ${rule.max_length} characters.`, name)
}

/** Checks written fields against the entity of a collection, when the document describes one; fills defaults on create. */
export function checkEntity(
  document: IrDocument,
  collection: string,
  written: { readonly data: JsonObject; readonly isNew: boolean; readonly unset?: readonly string[] },
): JsonObject {
  const entity = entitiesOf(document).find(({ kind }) => kind === collection)
  if (entity === undefined || !isObject(entity.fields)) return written.data
  const data = bareObject(Object.entries(written.data))
  for (const [name, rule] of Object.entries(entity.fields)) {
    if (!isObject(rule)) continue
    if (written.isNew && data[name] === undefined && rule.default !== undefined) data[name] = rule.default
    const value = data[name]
    const isMissing = value === undefined || value === null
    if (rule.required === true && ((isMissing && written.isNew) || value === null || written.unset?.includes(name)))
      throw new RunError('VALIDATION_MISSING_FIELD', `“${name}” is needed.`, { missing_fields: [name] })
    if (value !== undefined) checkField(name, rule, value)
  }
  const unknown = Object.keys(data).find((name) => !Object.hasOwn(entity.fields as JsonObject, name))
  if (entity.closed === true && unknown !== undefined)
    throw wrong(`“${unknown}” is no field of a ${collection}.`, unknown)
  return data
}
