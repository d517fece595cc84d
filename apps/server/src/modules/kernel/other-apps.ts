import type { Log } from '../../foundation/log.ts'
import type { Registry } from '../registry/index.ts'

/** Ids of all live apps in memory, so that naming an event reads nothing. */
export function createOtherApps(registry: Registry, log: Log) {
  let ids: ReadonlySet<string> = new Set()
  const load = async (): Promise<void> => {
    ids = new Set((await registry.liveApps()).map(({ app }) => app.appId))
  }
  const close = registry.onChange(() => {
    load().catch((error) => log.warn({ err: error }, 'the list of apps could not be read'))
  })
  return {
    load,
    close,
    isOtherApp: (own: string) => (id: string) => id !== own && ids.has(id),
  }
}
