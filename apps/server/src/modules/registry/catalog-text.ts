import type { AppRecord, StoredVersion } from './types.ts'
import { type ShownApp, toCatalogApp } from './wire.ts'

/** Bytes of whole answers that are kept; the oldest give way. */
const MOST_BYTES = 32 * 1024 * 1024

interface Written {
  readonly app: AppRecord
  readonly text: string
}

/**
 * Catalogs as they go over the wire. An answer is kept under its version, which is made of everything that it shows: the
 * same version is the same text on every node, and a change anywhere asks for another one.
 */
export interface CatalogText {
  answer(version: string, apps: readonly ShownApp[], now: () => string): Buffer
}

export function openCatalogText(most = MOST_BYTES): CatalogText {
  // Records are replaced as a whole when an app or version changes, so a text is as good as the records that it was made of.
  const written = new WeakMap<StoredVersion, Written>()
  const answers = new Map<string, Buffer>()
  let kept = 0

  const textOf = (shown: ShownApp): string => {
    const { app, version, withheld = [] } = shown
    if (withheld.length > 0) return JSON.stringify(toCatalogApp(shown))
    const before = written.get(version)
    if (before?.app === app) return before.text
    const text = JSON.stringify(toCatalogApp(shown))
    written.set(version, { app, text })
    return text
  }
  const keep = (version: string, answer: Buffer): void => {
    if (answer.byteLength > most) return
    answers.set(version, answer)
    kept += answer.byteLength
    for (const [oldest, { byteLength }] of answers) {
      if (kept <= most) break
      answers.delete(oldest)
      kept -= byteLength
    }
  }

  return {
    answer(version, apps, now) {
      const known = answers.get(version)
      if (known !== undefined) return known
      const head = `{"version":${JSON.stringify(version)},"generated_at":${JSON.stringify(now())},"apps":[`
      const made = Buffer.from(`${head}${apps.map(textOf).join(',')}]}`)
      keep(version, made)
      return made
    },
  }
}
