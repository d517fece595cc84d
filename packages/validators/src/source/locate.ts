import type { Anchor, Place } from '../issue.ts'
import { optionOf, type Registration, registrationsOf } from './registrations.ts'
import { placeOf, type SourceTree } from './source-tree.ts'

/** Manifest names in which authors may write more or less. */
const sameName = (registration: Registration, name: string): boolean => {
  if (registration.name === name) return true
  if (registration.registration === 'webhook') return registration.name?.replace(/^\/+|\/+$/g, '') === name.slice(1)
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

/** Where the author registered this; undefined when no literal says so. The option's line when it is written there. */
export function locate(tree: SourceTree, anchor: Anchor): Place | undefined {
  const match = registrationsOf(tree).find(
    (entry) =>
      entry.registration === anchor.registration && (anchor.name === undefined || sameName(entry, anchor.name)),
  )
  if (match === undefined) {
    const section = sectionAnchor(anchor)
    return section === undefined ? undefined : locate(tree, section)
  }
  const option = anchor.option === undefined ? undefined : optionOf(match.options, anchor.option)
  return placeOf(match.file, option ?? match.call)
}
