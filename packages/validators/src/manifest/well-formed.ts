import { Manifest } from '@imperal/contract'
import type { ManifestFileSubject } from '../subject.ts'

/** The manifest when its shape is right: rules about its content wait for that. */
export function wellFormed({ value, problems }: ManifestFileSubject): Manifest | undefined {
  return problems.length === 0 ? Manifest.parse(value) : undefined
}

/** Values that come a second time. */
export function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}
