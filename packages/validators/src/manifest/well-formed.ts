import { Manifest } from '@imperal/contract'
import type { ManifestFileSubject } from '../subject.ts'

/** The manifest when its shape is right: rules about its content wait for that. */
export function wellFormed({ value, problems }: ManifestFileSubject): Manifest | undefined {
  return problems.length === 0 ? Manifest.parse(value) : undefined
}

/** Values that came before, each once, with the place of the second. */
export function repeated(values: readonly string[]): { value: string; index: number }[] {
  const seen = new Map<string, number>()
  return [...values.entries()].flatMap(([index, value]) => {
    const times = (seen.get(value) ?? 0) + 1
    seen.set(value, times)
    return times === 2 ? [{ value, index }] : []
  })
}
