import type { ServerResponse } from 'node:http'

/** Resolves when a reader has taken what was written to it, or is gone. */
export const drained = (raw: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done)
      raw.off('close', done)
      resolve()
    }
    raw.on('drain', done)
    raw.on('close', done)
  })
