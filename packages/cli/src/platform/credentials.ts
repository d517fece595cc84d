import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'

export const Credential = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  /** Unix seconds. */
  expires_at: z.number(),
  email: z.string(),
  user_id: z.string(),
})
export type Credential = z.infer<typeof Credential>

/** One sign-in for each platform, by its address. */
const File = z.object({ version: z.literal(1), platforms: z.record(z.string(), Credential) })
type File = z.infer<typeof File>

export const credentialsPath = (io: Io): string => path.join(io.home, '.imperal', 'credentials.json')

async function readAll(io: Io): Promise<File> {
  const file = credentialsPath(io)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, platforms: {} }
    throw error
  }
  try {
    return File.parse(JSON.parse(text))
  } catch (cause) {
    throw new CliFailure(`${file} cannot be read as credentials.`, {
      hint: 'Delete it and run `imperal login`.',
      cause,
    })
  }
}

/** Written beside and moved into place, so that nobody ever reads half a file, and never readable by others. */
async function writeAll(io: Io, content: File): Promise<void> {
  const file = credentialsPath(io)
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const staged = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(staged, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  await chmod(staged, 0o600)
  await rename(staged, file)
}

export async function readCredential(io: Io, api: string): Promise<Credential | undefined> {
  return (await readAll(io)).platforms[api]
}

export async function saveCredential(io: Io, api: string, credential: Credential): Promise<void> {
  const { platforms } = await readAll(io)
  await writeAll(io, { version: 1, platforms: { ...platforms, [api]: credential } })
}

/** True when there was one. */
export async function forgetCredential(io: Io, api: string): Promise<boolean> {
  const { platforms } = await readAll(io)
  const { [api]: known, ...others } = platforms
  if (known === undefined) return false
  await writeAll(io, { version: 1, platforms: others })
  return true
}
