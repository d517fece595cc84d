import { ApiError } from '@imperal/client'
import { admin } from '@imperal/contract'
import { reasonOf } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiKey } from '../platform/api-address.ts'
import { readCredential } from '../platform/credentials.ts'
import { openSession } from '../platform/session.ts'
import { installationDiagnoses } from './installation-diagnoses.ts'
import { type Diagnosis, ok, safely } from './local-diagnoses.ts'

/** Milliseconds that a platform has to answer. */
const PATIENCE = 5000
/** Each of its checks has five seconds, and they run beside each other. */
const INSIDE_PATIENCE = 8000

/** `answers`: something listens there, ready or not, and may tell what it lacks. */
async function reachability(api: string): Promise<Diagnosis & { readonly answers: boolean }> {
  const name = 'Platform'
  try {
    const answer = await fetch(`${api}/readyz`, { signal: AbortSignal.timeout(PATIENCE) })
    if (answer.ok) return { ...ok(name, `${api} is ready`), answers: true }
    const fix = 'What it lacks stands below for its administrators, and in its log.'
    return { name, status: 'fail', summary: `${api} answers ${answer.status}: it is not ready`, fix, answers: true }
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) : reasonOf(error)
    return {
      name,
      status: 'fail',
      summary: `${api} does not answer (${reason})`,
      fix: 'Start it with `npm start` in its folder, or name another one with --api.',
      answers: false,
    }
  }
}

async function* administration(io: Io, api: string): AsyncGenerator<Diagnosis> {
  try {
    const { client } = openSession(io, api)
    const { checks } = await client.send(admin.doctor, { signal: AbortSignal.timeout(INSIDE_PATIENCE) })
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

/** The address is one of this machine. */
const isHere = (api: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(api).hostname)

/**
 * Whether the platform answers, and for administrators what it finds about itself. Where it does not answer on this machine,
 * what can be told of its installation without it.
 */
export async function* platformDiagnoses(io: Io, api: string): AsyncGenerator<Diagnosis> {
  const { answers, ...reached } = await reachability(api)
  yield reached
  if (answers && isKnown(io, api)) yield* administration(io, api)
  if (!answers && isHere(api)) yield* installationDiagnoses(io)
}
