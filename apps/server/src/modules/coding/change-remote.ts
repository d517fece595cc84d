import type { RemoteChange, RemoteState } from '@imperal/contract'
import { remoteOf } from './describe-sessions.ts'
import { publishRemote } from './publish-remote.ts'
import type { SessionKey } from './session-id.ts'
import { changeSession, openSession } from './sessions.ts'
import type { CodingOptions } from './types.ts'

/** Changes who else may watch and steer a session; what is left out stays. */
export function changeRemote(
  parts: CodingOptions,
  key: SessionKey,
  change: RemoteChange,
  source: string,
): Promise<RemoteState> {
  return parts.db.tenant(key.tenantId, async (tx) => {
    const session = await openSession(tx, key)
    const changed = await changeSession(tx, session, {
      ...(change.enabled === undefined ? {} : { remote_enabled: change.enabled }),
      ...(change.mirror === undefined ? {} : { mirror: [...new Set(change.mirror)] }),
      ...(change.steer === undefined ? {} : { steer: [...new Set(change.steer)] }),
      label: session.label,
    })
    const state = remoteOf(changed)
    await publishRemote(parts, tx, key, { event: 'route_changed', source, data: { ...state } })
    return state
  })
}
