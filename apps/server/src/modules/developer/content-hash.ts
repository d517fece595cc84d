import { createHash } from 'node:crypto'
import { canonicalJson } from '../registry/index.ts'

/** Names everything that a version consists of: code, manifest and icon. */
export function contentHash(version: {
  readonly artefactHash: string | null
  readonly manifest: unknown
  readonly iconSvg: string | null
}): string {
  const parts = [version.artefactHash ?? '', canonicalJson(version.manifest), version.iconSvg ?? '']
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
