import type { AppVersion } from '../../registry/index.ts'
import type { KernelParts } from '../parts.ts'
import type { VerifiedCall } from './stages.ts'

/** The same version breaking again is counted, and told after this long. */
const QUIET_MS = 60_000
const MOST_REMEMBERED = 1_000

interface Told {
  at: number
  unsaid: number
}

/** When each version was told of, by this process. */
const told = new WeakMap<KernelParts, Map<string, Told>>()

/** Failures since the last alert of the version, this one included; null while it is quiet about it. */
function since(parts: KernelParts, key: string, now: number): number | null {
  const versions = told.get(parts) ?? new Map<string, Told>()
  told.set(parts, versions)
  const last = versions.get(key)
  if (last !== undefined && now - last.at < QUIET_MS) {
    last.unsaid += 1
    return null
  }
  versions.delete(key)
  for (const oldest of versions.keys()) if (versions.size >= MOST_REMEMBERED) versions.delete(oldest)
  versions.set(key, { at: now, unsaid: 0 })
  return (last?.unsaid ?? 0) + 1
}

/** An app builds on another one when its capabilities name it, or when it hears its events. */
function buildsOn({ manifest }: AppVersion, appId: string): boolean {
  const heard = (manifest.events?.subscribes ?? []).some(({ type }) => type.startsWith(`${appId}.`))
  return heard || manifest.capabilities.some((scope) => scope.split(/[:.]/, 1)[0] === appId)
}

/**
 * An extension that broke, for operators: where, under which trace, and which apps declared that they need it (K3.41). What
 * the exception said is in the author's log alone, for it may hold what users wrote. A version that goes on breaking is told once a
 * minute, with how often it did meanwhile.
 */
export async function alertCascade(parts: KernelParts, { executed, verdict }: VerifiedCall): Promise<void> {
  const { answer, confirmed } = executed
  if (answer.ok || verdict.errorCode !== 'INTERNAL' || verdict.status === 'cancelled') return
  const { pass, use, handler } = confirmed
  const { appId } = use.app
  const failures = since(parts, `${appId}@${use.version.version}`, parts.clock.now())
  if (failures === null) return
  try {
    const live = await parts.registry.liveApps()
    const dependents = live
      .filter(({ app, version }) => app.appId !== appId && buildsOn(version, appId))
      .map(({ app }) => app.appId)
      .sort()
    parts.log.error(
      {
        app: appId,
        version: use.version.version,
        function: handler.functionName,
        code: answer.code,
        call: pass.callId,
        trace_id: pass.traceId,
        dependents,
        failures,
      },
      'an extension failed',
    )
  } catch (error) {
    parts.log.warn({ err: error, call: pass.callId }, 'who builds on a failing extension could not be read')
  }
}
