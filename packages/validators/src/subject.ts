import { EXTENSION_PORT, type ExtensionPort, type JsonObject, type JsonValue } from '@imperal/contract'
import { type ManifestView, readManifest } from './manifest/read-manifest.ts'
import { type ShapeProblem, shapeProblems } from './manifest/shape-problems.ts'
import type { SourceTree } from './source/source-tree.ts'

/** What the rules read of an `Extension` of `@imperal/sdk`, whatever its version. */
export interface LoadedExtension {
  readonly [EXTENSION_PORT]: ExtensionPort
  readonly chatExtensions?: ReadonlyMap<string, { readonly systemPrompt?: string }>
  readonly functions?: ReadonlyMap<string, { readonly uiBuilder?: boolean }>
  readonly tools?: ReadonlyMap<string, { readonly kind: string }>
}

export interface ManifestFileSubject {
  readonly value: JsonValue | undefined
  readonly problems: readonly ShapeProblem[]
}

export interface ManifestSubject {
  readonly manifest: ManifestView
  /** As it was given, for what the view leaves out. */
  readonly raw: JsonObject
  readonly extension: LoadedExtension | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface ExtensionSubject {
  readonly manifest: ManifestView
  readonly extension: LoadedExtension
}

export interface SourceSubject {
  readonly source: SourceTree
}

export interface FolderSubject {
  readonly manifest: ManifestView
  readonly root: string
}

/** An icon that came with an upload; null when none came. */
export interface IconSubject {
  readonly manifest: ManifestView
  readonly bytes: Uint8Array | null
}

/** Everything that is known of one project; rules that need more than there is are left out. */
export interface Subject {
  readonly 'manifest-file'?: ManifestFileSubject
  readonly manifest?: ManifestSubject
  readonly extension?: ExtensionSubject
  readonly source?: SourceSubject
  readonly folder?: FolderSubject
  readonly icon?: IconSubject
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const manifestFileSubject = (value: unknown): ManifestFileSubject => ({
  value: value as JsonValue | undefined, // rules check every member before they read it
  problems: shapeProblems(value),
})

/** Undefined when the value is no object: then only the rules of the file itself can speak. */
export function manifestSubject(
  value: unknown,
  options: { extension?: LoadedExtension; env?: Readonly<Record<string, string | undefined>> } = {},
): ManifestSubject | undefined {
  if (!isObject(value)) return undefined
  return { manifest: readManifest(value), raw: value, extension: options.extension, env: options.env ?? {} }
}
