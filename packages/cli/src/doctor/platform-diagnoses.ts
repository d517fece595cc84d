import { ApiError } from '@imperal/client'
import { admin } from '@imperal/contract'
import { reasonOf } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiKey } from '../platform/api-address.ts'
import { readCredential } from '../platform/credentials.ts'
import { openSession } from '../platform/session.ts'
import { type Diagnosis, ok, safely } from './local-diagnoses.ts'

/** Milliseconds that a platform has to answer. */
const PATIENCE = 5000

async function reachability(api: string): Promise<Diagnosis> {
  const name = 'Platform'
  try {
    const answer = await fetch(`${api}/readyz`, { signal: AbortSignal.timeout(PATIENCE) })
    if (answer.ok) return ok(name, `${api} is ready`)
    return { name, status: 'fail', summary: `${api} answers ${answer.status}`, fix: 'Look at its log.' }
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) : reasonOf(error)
    return {
      name,
      status: 'fail',
      summary: `${api} does not answer (${reason})`,
      fix: 'Start it with `npm start` in its folder, or name another one with --api.',
    }
  }
}

async function* administration(io: Io, api: string): AsyncGenerator<Diagnosis> {
  try {
    const { client } = openSession(io, api)
    const { checks } = await client.send(admin.doctor, { signal: AbortSignal.timeout(PATIENCE) })
    for (const { name, status, summary, fix } of checks) yield { name: `Platform: ${name}`, status, summary, fix }
  } catch (error) {
    // Only administrators see inside; for others there is nothing to say.
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return
    yield await safely('Platform: inside', () => Promise.reject(error))
  }
}

/** Unreadable credentials are a finding of their own. */
function isKnown(io: Io, api: string): boolean {
  try {
    return readCredential(io, api) !== undefined || apiKey(io, api) !== undefined
  } catch {
    return false
  }
}

/** Whether the platform answers, and for administrators what it finds about itself. */
export async function* platformDiagnoses(io: Io, api: string): AsyncGenerator<Diagnosis> {
  const reached = await reachability(api)
  yield reached
  if (reached.status === 'ok' && isKnown(io, api)) yield* administration(io, api)
}
