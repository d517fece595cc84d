import { SettingsError } from '../config/index.ts'
import { PlatformError } from '../errors.ts'

const PORT_TAKEN = (port: unknown) =>
  `Port ${port} is taken by another program. Stop it, or choose another one: PORT=5780 npm start (the registry takes the next one, or IMPERAL_REGISTRY_PORT)`

/** What to tell the person at the terminal when the platform cannot start: one clear sentence, never a stack. Null: nobody expected this. */
export function startSentence(error: unknown): string | null {
  if (error instanceof SettingsError) return error.message
  if (error instanceof PlatformError) return error.hint === undefined ? error.message : `${error.message} ${error.hint}`
  const { code, port, address } = (error ?? {}) as { code?: string; port?: number; address?: string }
  if (code === 'EADDRINUSE') return PORT_TAKEN(port)
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=4780 npm start`
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${address ?? ''}. Correct HOST.`
  if (code === 'ENOSPC') return 'The disk is full.'
  return null
}
