import { createHash } from 'node:crypto'

/** All that logs and audit rows may say about a value. */
export interface Digest {
  /** Bytes. */
  readonly length: number
  readonly sha256_prefix: string
}

export const digestOf = (value: string): Digest => ({
  length: Buffer.byteLength(value),
  sha256_prefix: createHash('sha256').update(value).digest('hex').slice(0, 8),
})
