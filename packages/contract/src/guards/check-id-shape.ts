import type { Members } from './values.ts'

const ID_FIELDS = ['message_id', 'thread_id', 'email_id', 'msg_id']
const INVENTED = /^[a-z][a-z0-9]*-[a-z][a-z0-9]*-\d+$/

/** Why an argument looks invented by a model. */
export interface FabricatedId {
  errorCode: 'FABRICATED_ID_SHAPE'
  field: string
  value: string
  hint: string
}

/** Finds a mail or message id that no mailbox gives out, such as `acme-gmail-4` (sdk.md 9.4). */
export function checkIdShape(input: Members): FabricatedId | null {
  for (const field of ID_FIELDS) {
    const value = input[field]
    if (typeof value !== 'string' || !INVENTED.test(value)) continue
    const hint = `'${value}' is not an id that the platform gave out. List or search first and use the ${field} of a result.`
    return { errorCode: 'FABRICATED_ID_SHAPE', field, value, hint }
  }
  return null
}
