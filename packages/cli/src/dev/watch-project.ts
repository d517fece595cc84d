import { type FSWatcher, readdirSync, watch } from 'node:fs'
import path from 'node:path'
import { isSkippedFolder } from '@imperal/validators/project'

/** Written by ourselves while building. */
const OWN_OUTPUT: ReadonlySet<string> = new Set(['imperal.json'])
/** Milliseconds in which the writes of one save come together. */
const SETTLE = 60

export interface ProjectWatch {
  /** Resolves at the next change; false once the watch is closed. A change since the last call counts. */
  next(): Promise<boolean>
  close(): void
}

const foldersBelow = (folder: string): string[] => {
  const inner = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !isSkippedFolder(entry.name) && !entry.name.startsWith('.'))
    .flatMap((entry) => foldersBelow(path.join(folder, entry.name)))
  return [folder, ...inner]
}

/** Watches every folder of a project that may hold sources; folders that come later are found after the next change. */
export function watchProject(root: string, signal: AbortSignal): ProjectWatch {
  const watchers = new Map<string, FSWatcher>()
  let changed = false
  let wake: ((alive: boolean) => void) | undefined
  let timer: NodeJS.Timeout | undefined

  const notice = (): void => {
    changed = true
    clearTimeout(timer)
    timer = setTimeout(() => wake?.(true), SETTLE)
  }
  const follow = (folder: string): void => {
    if (watchers.has(folder)) return
    const watcher = watch(folder, (_event, name) => {
      if (name === null || (!OWN_OUTPUT.has(name) && !isSkippedFolder(name) && !name.endsWith('~'))) notice()
    })
    // A folder that is removed has nothing more to say.
    watcher.on('error', () => {
      watcher.close()
      watchers.delete(folder)
    })
    watchers.set(folder, watcher)
  }
  const followAll = (): void => foldersBelow(root).forEach(follow)
  const close = (): void => {
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
    wake?.(false)
  }
  followAll()
  signal.addEventListener('abort', close, { once: true })

  return {
    close,
    next: async () => {
      if (signal.aborted) return false
      followAll()
      const alive = changed || (await new Promise<boolean>((resolve) => (wake = resolve)))
      wake = undefined
      changed = false
      return alive && !signal.aborted
    },
  }
}
