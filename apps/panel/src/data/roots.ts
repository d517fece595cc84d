type Roots = typeof import('@imperal/ui-kit/roots')

let roots: Roots | null = null

/**
 * Fetches what understands trees. It is no part of the first load: no tree is there before the first answer of an app,
 * and whoever waits for that waits for this beside it.
 */
export async function rootsReady(): Promise<void> {
  roots ??= await import('@imperal/ui-kit/roots')
}

function known(): Roots {
  if (roots === null) throw new Error('A tree was looked at before an app had answered.')
  return roots
}

export const autoActionOf: Roots['autoActionOf'] = (wire) => known().autoActionOf(wire)
export const isEmptyRoot: Roots['isEmptyRoot'] = (wire) => known().isEmptyRoot(wire)
export const isOverlayRoot: Roots['isOverlayRoot'] = (wire) => known().isOverlayRoot(wire)
export const toastOf: Roots['toastOf'] = (wire) => known().toastOf(wire)
