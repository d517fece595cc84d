import { inject, vi } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** How long anything is waited for that comes by itself, in milliseconds, unless a test says otherwise. */
    patience: number
  }
}

// Vitest has a setting for `expect.poll` and none for these two, whose own second is too little on a busy machine.
const { waitFor, waitUntil } = vi
const patient = <Options extends object>(options: number | Options = {} as Options) =>
  typeof options === 'number' ? options : { timeout: inject('patience'), ...options }
vi.waitFor = (callback, options) => waitFor(callback, patient(options))
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options))
