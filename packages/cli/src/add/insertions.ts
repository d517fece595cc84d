/** A change of a text at one place. */
export interface Insertion {
  readonly at: number
  readonly text: string
  /** How many characters it takes the place of. */
  readonly removes?: number
}

/** All changes at once; several at one place stay in their order. */
export function insertAll(text: string, insertions: readonly Insertion[]): string {
  let result = text
  for (const { at, text: added, removes = 0 } of [...insertions].reverse().sort((one, other) => other.at - one.at)) {
    result = result.slice(0, at) + added + result.slice(at + removes)
  }
  return result
}
