import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { CliFailure, reasonOf } from '../failure.ts'
import type { Io } from '../io.ts'
import { IniFile } from './ini-file.ts'

export const Credential = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  /** Unix seconds. */
  expires_at: z.coerce.number(),
  email: z.string(),
  user_id: z.string(),
})
export type Credential = z.infer<typeof Credential>

/** Of the section `[default]`: the platform that counts when no other is named, and a key for it. */
export interface DefaultPlatform {
  /** `gateway_url`; else the platform that `registry_url` is part of. */
  readonly gatewayUrl: string | undefined
  readonly apiKey: string | undefined
}

const DEFAULT = 'default'
const NAME = path.join('.imperal', 'credentials')
/** As they were kept before: one JSON object with all platforms. */
const Former = z.object({ version: z.literal(1), platforms: z.record(z.string(), Credential) })

/** `.imperal/credentials` of the folder when it is there, else the one in the user's home (sdk.md 8.1). */
export function credentialsPath(io: Pick<Io, 'cwd' | 'home'>): string {
  const own = path.join(io.cwd, NAME)
  return existsSync(own) ? own : path.join(io.home, NAME)
}

const unreadable = (file: string, cause: unknown): CliFailure =>
  new CliFailure(`${file} cannot be read as credentials: ${reasonOf(cause)}.`, {
    hint: 'Correct it, or delete it and run `imperal login`.',
    cause,
  })

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Written beside and moved into place, so that nobody ever reads half a file, and never readable by others. */
function write(file: string, content: IniFile): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const staged = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(staged, content.toString(), { mode: 0o600 })
  chmodSync(staged, 0o600)
  renameSync(staged, file)
}

const valuesOf = (credential: Credential): Record<string, string> =>
  Object.fromEntries(Object.entries(credential).map(([key, value]) => [key, String(value)]))

const addressesOf = (api: string): Record<string, string> => ({ gateway_url: api, registry_url: `${api}/registry` })

/** The platform that a registry is part of: every platform serves its own below `/registry`. */
export const platformOfRegistry = (registryUrl: string | undefined): string | undefined =>
  registryUrl?.replace(/\/registry\/*$/, '') || undefined

/** Takes over what an earlier command line left, and removes it. */
function takeOver(io: Io): IniFile {
  const former = path.join(io.home, '.imperal', 'credentials.json')
  const content = new IniFile('')
  const text = textOf(former)
  if (text === undefined) return content
  let platforms: Readonly<Record<string, Credential>>
  try {
    platforms = Former.parse(JSON.parse(text)).platforms
  } catch (error) {
    throw unreadable(former, error instanceof z.ZodError ? new Error('it has another form') : error)
  }
  const known = Object.keys(platforms)
  if (known.length === 1) content.set(DEFAULT, addressesOf(known[0] ?? ''))
  for (const [api, credential] of Object.entries(platforms)) content.set(api, valuesOf(credential))
  write(path.join(io.home, NAME), content)
  rmSync(former)
  return content
}

function read(io: Io): IniFile {
  const file = credentialsPath(io)
  const text = textOf(file)
  if (text === undefined) return takeOver(io)
  try {
    return new IniFile(text)
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** What the file says beside sign-ins. @throws CliFailure when it cannot be read */
export function readDefaults(io: Io): DefaultPlatform {
  const { gateway_url: gatewayUrl, registry_url: registryUrl, api_key: apiKey } = read(io).sections().get(DEFAULT) ?? {}
  return { gatewayUrl: gatewayUrl || platformOfRegistry(registryUrl), apiKey: apiKey || undefined }
}

/** The sign-in at a platform. @throws CliFailure when the file, or what it says of this platform, cannot be read */
export function readCredential(io: Io, api: string): Credential | undefined {
  const values = read(io).sections().get(api)
  if (values === undefined) return undefined
  const parsed = Credential.safeParse(values)
  if (parsed.success) return parsed.data
  const missing = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')
  throw unreadable(credentialsPath(io), new Error(`[${api}] lacks ${missing}`))
}

/** Keeps a sign-in. The first platform becomes the one that counts when no other is named. */
export function saveCredential(io: Io, api: string, credential: Credential): void {
  const content = read(io)
  const kept = content.sections().get(DEFAULT)
  if (!kept?.gateway_url && !kept?.registry_url && !kept?.api_key) content.set(DEFAULT, addressesOf(api))
  content.set(api, valuesOf(credential))
  write(credentialsPath(io), content)
}

/** True when there was one. What the author wrote into the file stays. */
export function forgetCredential(io: Io, api: string): boolean {
  const content = read(io)
  if (!content.sections().has(api)) return false
  content.remove(api)
  const { gateway_url: gatewayUrl, api_key: apiKey } = content.sections().get(DEFAULT) ?? {}
  if (gatewayUrl === api && !apiKey) content.set(DEFAULT, { gateway_url: undefined, registry_url: undefined })
  write(credentialsPath(io), content)
  return true
}
