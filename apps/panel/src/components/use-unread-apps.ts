import { useMemo } from 'react'
import { useStore } from '../data/store.ts'
import { counterOf, trayItems } from '../data/tray.ts'

/** Apps that have a count in their tray, so that the rail marks them. */
export function useUnreadApps(): ReadonlySet<string> {
  const items = useStore(trayItems)
  return useMemo(
    () => new Set(items.filter((item) => counterOf(item.tree) !== null).map((item) => item.appId)),
    [items],
  )
}
