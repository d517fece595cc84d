import { readFileSync } from 'node:fs'
import path from 'node:path'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'

export const DEFAULT_API = 'http://127.0.0.1:4780'

/** What a project names as its platform: `"imperal": { "api": "…" }` in package.json. */
function addressOfProject(root: string): string | undefined {
  try {
    const { imperal } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      imperal?: { api?: unknown }
    }
    return typeof imperal?.api === 'string' ? imperal.api : undefined
  } catch {
    // Without a package.json that can be read, the project names none.
    return undefined
  }
}

/** Address of the platform without a trailing slash: the option, IMPERAL_API_URL, the project, or this machine. */
export function apiAddress(io: Io, option: string | undefined, root: string = io.cwd): string {
  const given = option ?? io.env.IMPERAL_API_URL ?? addressOfProject(root) ?? DEFAULT_API
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliFailure(`'${given}' is no address of a platform.`, { hint: `It looks like ${DEFAULT_API}.` })
  }
  return (url.origin + url.pathname).replace(/\/+$/, '')
}
