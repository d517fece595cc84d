import { nodeModule } from './node-module.ts'

/** Bytes of the icon file; undefined when it is not there or when there is no file system. */
export function iconSize(root: string | undefined, icon: string): number | undefined {
  if (root === undefined || icon === '') return undefined
  const fs = nodeModule('node:fs')
  const path = nodeModule('node:path')
  if (fs === undefined || path === undefined) return undefined
  return fs.statSync(path.resolve(root, icon), { throwIfNoEntry: false })?.size
}
