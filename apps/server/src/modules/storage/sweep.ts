import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { type Blobs, isBlobName, MARK } from './blobs.ts'
import { installationId, knownBlobs } from './file-rows.ts'

const AGE_MS = 3_600_000

interface Sweeping {
  readonly db: Database
  readonly blobs: Blobs
  readonly log: Log
  readonly discard: (blob: string) => Promise<void>
}

/**
 * Makes the function that removes contents which are an hour old and no file's; it answers how many. A place that others use
 * too loses nothing of theirs: names that the platform does not make stay, and where another installation has set its mark
 * nothing is removed, which the log says once.
 */
export function openSweep({ db, blobs, log, discard }: Sweeping): () => Promise<number> {
  let isTold = false
  /** Whether the place is ours for certain. */
  const isOurs = async (): Promise<boolean> => {
    const [installation, mark] = [await installationId(db), await blobs.readMark()]
    if (mark === null) {
      // Two may set their mark at the same moment; the next sweep tells whose remained.
      await blobs.writeMark(installation)
      return false
    }
    if (mark === installation) return true
    if (!isTold)
      log.error(
        { installation, mark },
        `the files are marked as those of another installation, so contents that no file refers to are not removed: give this one a bucket or folder of its own, or, if it took the place of the other, remove ${MARK} there`,
      )
    isTold = true
    return false
  }
  return async () => {
    // Gathered on this machine by this installation, whoever the bucket belongs to.
    let removed = (await blobs.removeDrafts?.(AGE_MS)) ?? 0
    if (!(await isOurs())) return removed
    for await (const found of blobs.old(AGE_MS)) {
      const ours = found.filter(isBlobName)
      const known = await knownBlobs(db, ours)
      for (const blob of ours.filter((name) => !known.has(name))) {
        await discard(blob)
        removed += 1
      }
    }
    return removed
  }
}
