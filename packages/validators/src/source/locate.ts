import type { Anchor, Place } from '../issue.ts'
import { optionOf, type Registration, registrationsOf } from './registrations.ts'
import { placeOf, type SourceTree } from './source-tree.ts'

/** Manifest names in which authors may write more or less. */
const sameName = ({ registration, name }: Registration, wanted: string): boolean => {
  if (name === wanted) return true
  if (registration === 'webhook') return name?.replace(/^\/+|\/+$/g, '') === wanted.slice(1)
  return false
}

/** Skeleton tools stand in the manifest under a name that the SDK made. */
function sectionAnchor({ registration, name = '', option }: Anchor): Anchor | undefined {
  if (registration !== 'tool') return undefined
  for (const [prefix, method] of [
    ['skeleton_refresh_', 'skeleton'],
    ['skeleton_alert_', 'skeletonAlert'],
  ] as const) {
    if (name.startsWith(prefix)) {
      return { registration: method, name: name.slice(prefix.length), ...(option === undefined ? {} : { option }) }
    }
  }
  return undefined
}

/** Tests register things too, but nobody means them. */
export const isTestPath = (path: string): boolean => /(?:^|\/)tests?\/|\.(?:test|spec)\.[^/]*$/.test(path)
const isTest = ({ file }: Registration): boolean => isTestPath(file.path)

/** The registration that is meant: by its name, else the only one whose name no literal says. */
function meant(tree: SourceTree, { registration, name }: Anchor): Registration | undefined {
  const all = registrationsOf(tree).filter((entry) => entry.registration === registration)
  const entries = [...all.filter((entry) => !isTest(entry)), ...all.filter(isTest)]
  if (name === undefined) return entries[0]
  const named = entries.find((entry) => sameName(entry, name))
  const unnamed = entries.filter((entry) => entry.name === undefined && !isTest(entry))
  return named ?? (unnamed.length === 1 ? unnamed[0] : undefined)
}

/** Where the author registered this; undefined when nothing says so. The option's place when it is written there. */
export function locate(tree: SourceTree, anchor: Anchor): Place | undefined {
  const match = meant(tree, anchor)
  if (match === undefined) {
    const section = sectionAnchor(anchor)
    return section === undefined ? undefined : locate(tree, section)
  }
  const option = anchor.option === undefined ? undefined : optionOf(match.options, anchor.option)
  return option === undefined ? placeOf(match.file, match.call) : placeOf(option.file, option.property)
}
