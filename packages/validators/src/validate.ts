import { EXTENSION_PORT, type JsonObject } from '@imperal/contract'
import type { Issue } from './issue.ts'
import { createReport, type ValidationReport } from './report.ts'
import { EXTENSION_RULES, FEATURE_RULES, MANIFEST_RULES, SOURCE_RULES, UPLOAD_RULES } from './rules/index.ts'
import { type RunOptions, runRules } from './run-rules.ts'
import type { SourceTree } from './source/source-tree.ts'
import { type LoadedExtension, manifestFileSubject, manifestSubject, type Subject } from './subject.ts'

export const MANIFEST_FILE = 'imperal.json'
type Environment = Readonly<Record<string, string | undefined>>

/** Rules M1 to M8 over a manifest of any shape (sdk.md 5.3). Never throws. */
export function validateManifest(value: unknown, options: Omit<RunOptions, 'file'> = {}): Issue[] {
  const subject = { 'manifest-file': manifestFileSubject(value) }
  return runRules(MANIFEST_RULES, subject, { file: MANIFEST_FILE, ...options })
}

/** SDK-VERSION-1 over a manifest. */
export function validateManifestFeatures(value: unknown, options: Omit<RunOptions, 'file'> = {}): Issue[] {
  const manifest = manifestSubject(value)
  return manifest === undefined ? [] : runRules(FEATURE_RULES, { manifest }, { file: MANIFEST_FILE, ...options })
}

/**
 * The publish gate of a server, which has manifest and icon and no source: the rules of the file, and every rule about
 * what an extension declares that they can answer. `icon` is the uploaded drawing, null when there is none; leave it out
 * where icons are not looked at. Never throws.
 */
export function validateUpload(value: unknown, options: { icon?: Uint8Array | string | null } = {}): Issue[] {
  const manifest = manifestSubject(value)
  const upload = manifest && {
    manifest,
    ...(options.icon === undefined ? {} : { icon: { manifest: manifest.manifest, bytes: bytesOf(options.icon) } }),
  }
  const declared = upload === undefined ? [] : runRules(UPLOAD_RULES, upload, { file: MANIFEST_FILE })
  return [...validateManifest(value), ...declared, ...validateManifestFeatures(value)]
}

const bytesOf = (icon: Uint8Array | string | null): Uint8Array | null =>
  typeof icon === 'string' ? new TextEncoder().encode(icon) : icon

/** The V rules over a loaded extension (sdk.md 6.2). With `root` (its folder) the icon is looked at too. */
export function validateExtension(
  extension: LoadedExtension,
  options: { root?: string; env?: Environment; manifest?: JsonObject; sources?: SourceTree | undefined } = {},
): ValidationReport {
  const declared = options.manifest ?? extension[EXTENSION_PORT].manifest()
  const { root, env = {} } = options
  const manifest = manifestSubject(declared, { extension, env })
  const view = manifest?.manifest
  const subject: Subject = {
    ...(manifest === undefined ? {} : { manifest }),
    ...(view === undefined ? {} : { extension: { manifest: view, extension } }),
    ...(view === undefined || root === undefined ? {} : { folder: { manifest: view, root } }),
  }
  const issues = runRules(EXTENSION_RULES, subject, { sources: options.sources })
  return createReport(declared, issues, extension)
}

/** The source rules over all sources below a folder; loads nothing. */
export async function validateSourceTree(root: string): Promise<Issue[]> {
  // The parser is a native library that a server, which only sees manifests, need not load.
  const { readSourceTree } = await import('./source/read-source-tree.ts')
  return validateSources(await readSourceTree(root))
}

/** The same over sources that are read already. */
export const validateSources = (source: SourceTree): Issue[] => runRules(SOURCE_RULES, { source: { source } })
