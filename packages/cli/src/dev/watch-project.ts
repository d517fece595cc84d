import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs'
import path from 'node:path'
import { isSkippedFolder } from '@imperal/validators/project'
import ignore from 'ignore'

/** Never part of an extension: logs, what editors leave beside a file, hidden files, and what we write while building. */
const NEVER = ['*.log', '*.tmp', '*~', '\\#*#', '.*', '/imperal.json']
/** Milliseconds in which the writes of one save come together. */
const SETTLE = 60

export interface ProjectWatch {
  /** Resolves at the next change; false once the watch is closed. A change since the last call counts. */
  next(): Promise<boolean>
  close(): void
}

type Ignored = (place: string, kind: 'folder' | 'any') => boolean

function gitignoreOf(root: string): string {
  try {
    return readFileSync(path.join(root, '.gitignore'), 'utf8')
  } catch {
    return '' // a project need not have one
  }
}

/** What a project has no source in, by its `.gitignore` and by what never is one. Places are relative to the root. */
function readIgnored(root: string): Ignored {
  const rules = ignore().add(gitignoreOf(root)).add(NEVER)
  return (place, kind) => {
    const name = place.split(path.sep).join('/')
    if (name.split('/').some(isSkippedFolder)) return true
    return rules.ignores(`${name}/`) || (kind === 'any' && rules.ignores(name))
  }
}

const foldersBelow = (root: string, isIgnored: Ignored, place = ''): string[] => {
  const inner = readdirSync(path.join(root, place), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(place, entry.name))
    .filter((folder) => !isIgnored(folder, 'folder'))
    .flatMap((folder) => foldersBelow(root, isIgnored, folder))
  return [place, ...inner]
}

/**
 * Watches every folder of a project that may hold sources; folders that come later are found after the next change. What
 * the project ignores is no change: a log that an extension's tests write must not build the project again.
 */
export function watchProject(root: string, signal: AbortSignal): ProjectWatch {
  const watchers = new Map<string, FSWatcher>()
  let changed = false
  let wake: ((alive: boolean) => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let isIgnored = readIgnored(root)

  const notice = (): void => {
    changed = true
    clearTimeout(timer)
    timer = setTimeout(() => wake?.(true), SETTLE)
  }
  const follow = (folder: string): void => {
    if (watchers.has(folder)) return
    const watcher = watch(path.join(root, folder), (_event, name) => {
      if (name === null || name === '.gitignore' || !isIgnored(path.join(folder, name), 'any')) notice()
    })
    // A folder that is removed has nothing more to say.
    watcher.on('error', () => {
      watcher.close()
      watchers.delete(folder)
    })
    watchers.set(folder, watcher)
  }
  const followAll = (): void => {
    isIgnored = readIgnored(root)
    foldersBelow(root, isIgnored).forEach(follow)
  }
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
