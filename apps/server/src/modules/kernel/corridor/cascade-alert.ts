import type { AppVersion } from '../../registry/index.ts'
import type { KernelParts } from '../parts.ts'
import type { VerifiedCall } from './stages.ts'

/** An app builds on another one when its capabilities name it, or when it hears its events. */
function buildsOn({ manifest }: AppVersion, appId: string): boolean {
  const heard = (manifest.events?.subscribes ?? []).some(({ type }) => type.startsWith(`${appId}.`))
  return heard || manifest.capabilities.some((scope) => scope.split(/[:.]/, 1)[0] === appId)
}

/**
 * An extension that broke, for operators: where, under which trace, and which apps declared that they need it (K3.41). What
 * the exception said is in the author's log alone, for it may hold what users wrote.
 */
export async function alertCascade(parts: KernelParts, { executed, verdict }: VerifiedCall): Promise<void> {
  const { answer, confirmed } = executed
  if (answer.ok || verdict.errorCode !== 'INTERNAL' || verdict.status === 'cancelled') return
  const { pass, use, handler } = confirmed
  const { appId } = use.app
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
      },
      'an extension failed',
    )
  } catch (error) {
    parts.log.warn({ err: error, call: pass.callId }, 'who builds on a failing extension could not be read')
  }
}
