/** Place of a message in commit order: its transaction, and its number within all messages. Decimal texts. */
export interface Position {
  readonly xid: string
  readonly seq: string
}

/** The transaction of all messages that a backup brought. */
export const LONG_OVER = 3

const LAST_SEQ = '9223372036854775807'
const hex = (value: string): string => BigInt(value).toString(16).padStart(16, '0')

/** Ids of a fixed width, so that they compare as texts like the positions behind them. */
export const encodePosition = (position: Position): string => `${hex(position.xid)}-${hex(position.seq)}`

/** Null when the text is no id of ours. */
export function decodePosition(id: string): Position | null {
  const match = /^([0-7][0-9a-f]{15})-([0-7][0-9a-f]{15})$/.exec(id)
  if (match === null) return null
  return { xid: BigInt(`0x${match[1]}`).toString(), seq: BigInt(`0x${match[2]}`).toString() }
}

/**
 * Whether a message had been committed when `snapshot` (a `pg_snapshot` as text) was taken. What came out of a backup lost its
 * transaction and was seen by none.
 */
export function wasSeenBy(snapshot: string, id: string): boolean {
  const [xmin = '0', xmax = '0', running = ''] = snapshot.split(':')
  const position = decodePosition(id)
  if (position === null || position.xid === String(LONG_OVER)) return false
  const xid = BigInt(position.xid)
  return xid < BigInt(xmin) || (xid < BigInt(xmax) && !running.split(',').includes(position.xid))
}

/** The position after everything that is older than transaction `xid`. */
export const endBefore = (xid: string): Position => ({ xid: (BigInt(xid) - 1n).toString(), seq: LAST_SEQ })
