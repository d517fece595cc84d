import type { HostArtefact } from '../../hosts/index.ts'
import type { AppVersion, Registry } from '../../registry/index.ts'

/** Bundles of versions in use. A warm call finds its own here and reads nothing. */
export interface ArtefactCache {
  /** @throws when the version's code is gone from the registry */
  of(version: AppVersion): Promise<HostArtefact>
}

// A bundle has at most 10 MiB; usually it is some ten kilobytes.
const MOST_CHARACTERS = 256 * 1024 * 1024

export function createArtefactCache(registry: Registry): ArtefactCache {
  const kept = new Map<string, Promise<HostArtefact>>()
  const sizes = new Map<string, number>()
  let total = 0

  const forget = (key: string) => {
    total -= sizes.get(key) ?? 0
    sizes.delete(key)
    kept.delete(key)
  }
  const load = async (key: string, version: AppVersion): Promise<HostArtefact> => {
    const found = await registry.artefact(version.artefactHash)
    if (found === null) throw new Error(`the code of ${version.appId} ${version.version} is missing`)
    const size = found.bundle.length + (found.sourceMap?.length ?? 0)
    sizes.set(key, size)
    total += size
    for (const oldest of kept.keys()) {
      if (total <= MOST_CHARACTERS) break
      if (oldest !== key) forget(oldest)
    }
    return { appId: version.appId, version: version.version, hash: version.artefactHash, ...found }
  }
  return {
    of(version) {
      const key = `${version.appId} ${version.version} ${version.artefactHash}`
      let entry = kept.get(key)
      if (entry === undefined) {
        entry = load(key, version)
        kept.set(key, entry)
        entry.catch(() => forget(key))
      }
      return entry
    },
  }
}
