/** Place of a message in commit order: its transaction, and its number within all messages. Decimal texts. */
export interface Position {
  readonly xid: string
  readonly seq: string
}

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

/** The position after everything that is older than transaction `xid`. */
export const endBefore = (xid: string): Position => ({ xid: (BigInt(xid) - 1n).toString(), seq: LAST_SEQ })
