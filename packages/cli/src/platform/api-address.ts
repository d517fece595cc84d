import { readFileSync } from 'node:fs'
import path from 'node:path'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import { platformOfRegistry, readDefaults } from './credentials.ts'

export const DEFAULT_API = 'http://127.0.0.1:4780'

/** What signs in there, as a sentence quotes it. */
export const loginAt = (api: string): string => `\`imperal login${api === DEFAULT_API ? '' : ` --api ${api}`}\``

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

/** The command in another folder than the one that it was called in: its project and its credentials count. */
export const inFolder = (io: Io, folder: string): Io => ({ ...io, cwd: path.resolve(io.cwd, folder) })

const plain = (given: string): string | undefined => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol)
    ? (url.origin + url.pathname).replace(/\/+$/, '')
    : undefined
}

const addressOfEnvironment = ({ env }: Io): string | undefined =>
  env.IMPERAL_API_URL ?? env.IMPERAL_GATEWAY_URL ?? platformOfRegistry(env.IMPERAL_REGISTRY_URL)

/**
 * Address of the platform without a trailing slash: the option, IMPERAL_API_URL, IMPERAL_GATEWAY_URL, the platform of
 * IMPERAL_REGISTRY_URL, the project, the credentials, or this machine.
 */
export function apiAddress(io: Io, option: string | undefined): string {
  const named = option ?? addressOfEnvironment(io) ?? addressOfProject(io.cwd)
  const given = named ?? readDefaults(io).gatewayUrl ?? DEFAULT_API
  const address = plain(given)
  if (address !== undefined) return address
  throw new CliFailure(`'${given}' is no address of a platform.`, { hint: `It looks like ${DEFAULT_API}.` })
}

/** A key that signs in without tokens: IMPERAL_API_KEY, or the one that the credentials keep for this platform. */
export function apiKey(io: Io, api: string): string | undefined {
  if (io.env.IMPERAL_API_KEY) return io.env.IMPERAL_API_KEY
  const { apiKey: kept, gatewayUrl = DEFAULT_API } = readDefaults(io)
  return plain(gatewayUrl) === api ? kept : undefined
}
