export interface LockEntry {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}
export type Packages = Readonly<Record<string, LockEntry>>

const SYSTEMS: Readonly<Record<string, string>> = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
  windows: 'win32',
}
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'wasm32']

interface Missing {
  readonly name: string
  readonly version: string
  readonly parent: LockEntry
}

/** Optional packages that a package names and the lock file lacks, as happens when a registry offers only some systems. */
export function findMissing(packages: Packages): Missing[] {
  return Object.entries(packages).flatMap(([place, parent]) => {
    if (!place.includes('node_modules/')) return []
    const wanted = Object.entries(parent.optionalDependencies ?? {})
    const missing = wanted.filter(
      ([name]) => !packages[`${place}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    )
    return missing.map(([name, version]) => ({ name, version, parent }))
  })
}

/** The entry of a package for one system; the convention of such packages is to carry the system in the name. */
function entryFor({ name, version, parent }: Missing): LockEntry {
  const words = name.split('/').at(-1)?.split('-') ?? []
  const system = words.map((word) => SYSTEMS[word]).find((found) => found !== undefined)
  const processor = words.find((word) => PROCESSORS.includes(word)) ?? (words.includes('64') ? 'x64' : undefined)
  if (processor === undefined) throw new Error(`${name} does not say for which processor it is; add it by hand.`)
  const musl = words.some((word) => word.startsWith('musl'))
  return {
    version,
    cpu: [processor],
    ...(parent.dev === true ? { dev: true } : {}),
    ...(system === 'linux' ? { libc: [musl ? 'musl' : 'glibc'] } : {}),
    ...(parent.license === undefined ? {} : { license: parent.license }),
    optional: true,
    ...(system === undefined ? {} : { os: [system] }),
  }
}

/** Adds what is missing, without checksums. `npm ci` refuses a lock file in which a package of another system is missing. */
export function completePackages(packages: Packages): Packages {
  const added = findMissing(packages).map((missing) => [`node_modules/${missing.name}`, entryFor(missing)] as const)
  const entries = [...Object.entries(packages), ...added]
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, 'en')))
}
