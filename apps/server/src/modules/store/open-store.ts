import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import { openCursors } from './order.ts'
import { documentReads } from './read-documents.ts'
import type { Store } from './types.ts'
import { documentWrites } from './write-documents.ts'

export function openStore(options: { readonly db: Database; readonly clock: Clock; readonly keyring: Keyring }): Store {
  return {
    ...documentReads(options.db, openCursors(options.keyring)),
    ...documentWrites(options.clock),
  }
}
