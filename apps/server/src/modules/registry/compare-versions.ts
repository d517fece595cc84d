const identifiers = (text: string): string[] => (text === '' ? [] : text.split('.'))

function compareIdentifiers(left: string, right: string): number {
  const numeric = /^\d+$/
  if (numeric.test(left) && numeric.test(right)) return Number(left) - Number(right)
  if (numeric.test(left)) return -1
  if (numeric.test(right)) return 1
  return left < right ? -1 : left > right ? 1 : 0
}

function split(version: string): { core: number[]; pre: string[] } {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:[.-](.*))?$/.exec(version)
  return match
    ? { core: [Number(match[1]), Number(match[2]), Number(match[3])], pre: identifiers(match[4] ?? '') }
    : { core: [0, 0, 0], pre: [version] }
}

/** Order of two versions as semver has it: below 0 when `left` is the older one. A pre-release is older than its release. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [split(left), split(right)]
  for (let index = 0; index < 3; index++) {
    const difference = (a.core[index] ?? 0) - (b.core[index] ?? 0)
    if (difference !== 0) return difference
  }
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length
  for (let index = 0; index < Math.max(a.pre.length, b.pre.length); index++) {
    const [x, y] = [a.pre[index], b.pre[index]]
    if (x === undefined) return -1
    if (y === undefined) return 1
    const difference = compareIdentifiers(x, y)
    if (difference !== 0) return difference
  }
  return 0
}
