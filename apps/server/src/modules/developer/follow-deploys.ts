import type { DeveloperParts } from './open-developer.ts'

/**
 * Moves this node's hosts to what is live, whichever node published it: a version that was written anew drains the
 * hosts of older code and forgives its crashes. Gives a function that stops following.
 */
export function followDeploys({ registry, hosts, log }: DeveloperParts): () => void {
  const seen = new Map<string, string>()
  const look = async (appId: string): Promise<void> => {
    const version = await registry.liveVersion(appId)
    const mark = version === null ? '' : `${version.updatedAt} ${version.artefactHash}`
    const before = seen.get(appId)
    seen.set(appId, mark)
    if (before !== mark) hosts.drain(appId, version?.artefactHash ?? null)
  }
  const lookAtAll = async (): Promise<void> => {
    const live = await registry.liveApps()
    await Promise.all(live.map(({ app }) => look(app.appId)))
  }
  return registry.onChange(({ appId, userId }) => {
    if (userId !== undefined) return
    const looking = appId === null ? lookAtAll() : look(appId)
    looking.catch((error) => log.warn({ err: error, appId }, 'the live version could not be read after a change'))
  })
}
