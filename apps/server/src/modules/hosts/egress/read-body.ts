import { pipeline, type Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { EgressError } from './errors.ts'

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** The body without its content coding; an unknown coding is left as it is. */
export function decoded(body: Readable, coding: string | string[] | undefined): Readable {
  const decoder = typeof coding === 'string' ? DECODERS[coding.toLowerCase()] : undefined
  // The error reaches the reader of the last stream.
  return decoder === undefined ? body : (pipeline(body, decoder(), () => {}) as Transform)
}

const tooLarge = (maxBytes: number): EgressError =>
  new EgressError('EGRESS_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`)

/** Collects a body; a decompression bomb is noticed before it is in memory. */
export async function readAll(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Passes bytes on and fails with `EGRESS_TOO_LARGE` once there are too many. */
export function limited(maxBytes: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > maxBytes) done(tooLarge(maxBytes))
      else done(null, chunk)
    },
  })
}
