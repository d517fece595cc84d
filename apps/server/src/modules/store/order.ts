import { z } from 'zod'
import type { Keyring } from '../../foundation/keyring.ts'
import { storeErrors } from './errors.ts'

/** How a page is sorted: by one of the times, or by a field of the data. The id decides between equals. */
export interface Order {
  readonly by: 'created_at' | 'updated_at' | 'field'
  /** Name of the field; empty for times. */
  readonly field: string
  readonly descending: boolean
}

/** `name` or `-name`; without it documents come in the order in which they were created. @throws STORE_BAD_QUERY */
export function orderOf(text: string | null | undefined): Order {
  const descending = text?.startsWith('-') ?? false
  const name = (descending ? text?.slice(1) : text) || (descending ? '' : 'created_at')
  if (name === '' || name.length > 256 || name.includes('\0')) {
    throw storeErrors.BAD_QUERY({ reason: 'order_by is the name of a field, with - in front for descending' })
  }
  if (name === 'created_at' || name === 'updated_at') return { by: name, field: '', descending }
  return { by: 'field', field: name, descending }
}

const Cursor = z.tuple([z.string(), z.string(), z.string()])
/** Where a page ended: the sort value as JSON text, the id, and the user for queries across users. */
export interface CursorPlace {
  readonly value: string
  readonly id: string
  readonly userId: string
}

/** Cursors are sealed: opaque to authors, and bound to the query that made them. */
export interface Cursors {
  write(place: CursorPlace, query: string): string
  /** @throws STORE_BAD_CURSOR */
  read(cursor: string, query: string): CursorPlace
}

export function openCursors(keyring: Keyring): Cursors {
  return {
    write: ({ value, id, userId }, query) => keyring.seal(JSON.stringify([value, id, userId]), `store-cursor:${query}`),
    read(cursor, query) {
      try {
        const [value, id, userId] = Cursor.parse(JSON.parse(keyring.open(cursor, `store-cursor:${query}`)))
        return { value, id, userId }
      } catch (cause) {
        throw storeErrors.BAD_CURSOR({}, cause)
      }
    },
  }
}
