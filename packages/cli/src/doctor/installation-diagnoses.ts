import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { checkoutFolder } from '../checkout-folder.ts'
import type { Io } from '../io.ts'
import { type Diagnosis, safely } from './local-diagnoses.ts'

const Report = z.object({
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['ok', 'warn', 'fail']),
      summary: z.string(),
      fix: z.string().nullable(),
    }),
  ),
})

/** The checkout whose platform has been started on this machine before, or is set up to be. */
function installation(io: Io): string | undefined {
  let folder: string
  try {
    folder = checkoutFolder()
  } catch {
    return undefined // this command line came without the platform
  }
  const { IMPERAL_DATA_DIR: dataDir, DATABASE_URL: database } = io.env
  const isSetUp = database !== undefined || existsSync(dataDir ?? path.join(folder, '.imperal-data'))
  return isSetUp ? folder : undefined
}

async function askBeside(io: Io, folder: string): Promise<string> {
  const run = promisify(execFile)(process.execPath, ['scripts/start.mjs', 'doctor', '--json'], {
    cwd: folder,
    env: { ...io.env },
    signal: io.signal,
  })
  const { stdout } = await run.catch((error: { stdout?: string }) => {
    // It ends with 1 when it found something.
    if (typeof error.stdout === 'string' && error.stdout.includes('"checks"')) return { stdout: error.stdout }
    throw error
  })
  return stdout.trimEnd().split('\n').at(-1) ?? ''
}

/** What a platform that does not run says of its installation: settings, ports, disk, database, isolation. */
export async function* installationDiagnoses(io: Io): AsyncGenerator<Diagnosis> {
  const folder = installation(io)
  if (folder === undefined) return
  try {
    const { checks } = Report.parse(JSON.parse(await askBeside(io, folder)))
    for (const check of checks) yield { ...check, name: `Installation: ${check.name}` }
  } catch (error) {
    yield await safely('Installation', () => Promise.reject(error))
  }
}
