import { HostError } from './errors.ts'
import type { Hosts } from './types.ts'

const refuse = (): HostError => new HostError('EXT_START_FAILED', { message: 'This process runs no apps.' })

/** For a process that hands every call on to others: it starts no extension, and asking it to is a mistake. */
export const noHosts = (): Hosts => ({
  call: () => Promise.reject(refuse()),
  describe: () => Promise.reject(refuse()),
  drain: () => {},
  status: () => [],
  isolation: () => {
    throw refuse()
  },
  close: async () => {},
})
