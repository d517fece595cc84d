import {
  type developer as contract,
  type DeployIssue,
  type JsonObject,
  MAX_BUNDLE_BYTES,
  MAX_ICON_BYTES,
  MAX_MANIFEST_BYTES,
  MAX_MANIFEST_DEPTH,
  MAX_SOURCE_MAP_BYTES,
  nestsDeeperThan,
  type RouteBody,
} from '@imperal/contract'
import type { UploadedFile } from '../../foundation/http/index.ts'
import { developerErrors } from './errors.ts'

/** Code as it arrived: texts, nothing about it is known yet. */
export interface Upload {
  readonly manifestText: string
  readonly bundle: string
  readonly sourceMap: string | null
  readonly iconSvg: string | null
}

const LIMITS = {
  manifest: MAX_MANIFEST_BYTES,
  bundle: MAX_BUNDLE_BYTES,
  source_map: MAX_SOURCE_MAP_BYTES,
  icon: MAX_ICON_BYTES,
} as const

type Body = RouteBody<typeof contract.deploy>
type Files = Readonly<Record<string, UploadedFile>>

/** A part may come as a file or as a text field. Empty counts as absent. @throws DEVELOPER_UPLOAD_TOO_LARGE */
function partOf(part: keyof typeof LIMITS, body: Body, files: Files): string | null {
  const bytes = files[part]?.content ?? Buffer.from(body[part] ?? '')
  if (bytes.length > LIMITS[part]) throw developerErrors.UPLOAD_TOO_LARGE({ part, limit: LIMITS[part] })
  return bytes.length === 0 ? null : bytes.toString('utf8')
}

/**
 * The uploaded version, or null for a request without code (the JSON form).
 * @throws DEVELOPER_UPLOAD_INCOMPLETE, DEVELOPER_UPLOAD_TOO_LARGE
 */
export function readUpload(body: Body, files: Files): Upload | null {
  const manifestText = partOf('manifest', body, files)
  const bundle = partOf('bundle', body, files)
  const sourceMap = partOf('source_map', body, files)
  const iconSvg = partOf('icon', body, files)
  if (manifestText === null && bundle === null && sourceMap === null && iconSvg === null) return null
  if (manifestText === null || bundle === null) throw developerErrors.UPLOAD_INCOMPLETE()
  return { manifestText, bundle, sourceMap, iconSvg }
}

/** The manifest as an object, or what is wrong with its text. */
export function parseManifestText(text: string): JsonObject | DeployIssue {
  const issue = (message: string, rule: 'M0' | 'M1' = 'M0'): DeployIssue => ({
    rule,
    level: 'ERROR',
    message,
    file: 'imperal.json',
    line: 0,
    fix: 'Run `imperal build` and deploy what it writes.',
  })
  try {
    const value: unknown = JSON.parse(text)
    if (nestsDeeperThan(value, MAX_MANIFEST_DEPTH)) {
      return issue(`The manifest nests deeper than ${MAX_MANIFEST_DEPTH} levels.`)
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
    return issue('The manifest is not a JSON object.', 'M1')
  } catch (error) {
    return issue(`The manifest is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}
