import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'

export const DEFAULT_API = 'http://127.0.0.1:4780'

/** Address of the platform without a trailing slash: the option, else IMPERAL_API_URL, else this machine. */
export function apiAddress(io: Io, option: string | undefined): string {
  const given = option ?? io.env.IMPERAL_API_URL ?? DEFAULT_API
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliFailure(`'${given}' is no address of a platform.`, { hint: `It looks like ${DEFAULT_API}.` })
  }
  return (url.origin + url.pathname).replace(/\/+$/, '')
}
