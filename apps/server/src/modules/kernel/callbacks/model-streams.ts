import type { JsonObject, JsonValue } from '@imperal/contract'
import { hexId } from '../../../foundation/ids.ts'
import { refusedCallback } from './refuse-callback.ts'
import type { CallSession } from './session.ts'

interface OpenStream {
  /** What has come and was not read yet. */
  text: string
  result: JsonObject | null
  failure: unknown
  readonly abort: AbortController
  waiting: (() => void)[]
}

function wake(stream: OpenStream): void {
  const { waiting } = stream
  stream.waiting = []
  for (const resolve of waiting) resolve()
}

const MOST_AT_ONCE = 8

// A stream belongs to its call and dies with it.
const streams = new WeakMap<CallSession, Map<string, OpenStream>>()

function streamsOf(session: CallSession): Map<string, OpenStream> {
  let own = streams.get(session)
  if (own === undefined) {
    own = new Map()
    streams.set(session, own)
  }
  return own
}

/** Starts a request whose text is read piece by piece; gives the stream's id. @throws CallbackError quota_exceeded */
export function openStream(
  session: CallSession,
  start: (watch: { onText(delta: string): void; signal: AbortSignal }) => Promise<JsonObject>,
): string {
  const own = streamsOf(session)
  if (own.size >= MOST_AT_ONCE)
    throw refusedCallback('quota_exceeded', `One call may have ${MOST_AT_ONCE} answers under way at once.`, {
      resource: 'streams',
      limit: MOST_AT_ONCE,
    })
  const id = hexId('stream')
  const stream: OpenStream = { text: '', result: null, failure: null, abort: new AbortController(), waiting: [] }
  own.set(id, stream)
  const onText = (delta: string): void => {
    stream.text += delta
    // Nobody will read what comes after the end of the call.
    if (!session.isOpen) stream.abort.abort()
    wake(stream)
  }
  start({ onText, signal: AbortSignal.any([session.signal, stream.abort.signal]) })
    .then(
      (result) => {
        stream.result = result
      },
      (failure: unknown) => {
        stream.failure = failure
      },
    )
    .finally(() => wake(stream))
  return id
}

function streamOf(session: CallSession, id: string): OpenStream {
  const found = streams.get(session)?.get(id)
  if (found === undefined) throw refusedCallback('not_found', 'There is no such stream.', { resource: 'stream', id })
  return found
}

/** What has come since the last time, at least something; `result` ends the stream, and so does a failure. */
export async function readStream(session: CallSession, id: string): Promise<JsonValue> {
  const stream = streamOf(session, id)
  while (stream.text === '' && stream.result === null && stream.failure === null) {
    await new Promise<void>((resolve) => stream.waiting.push(resolve))
  }
  const { text, result, failure } = stream
  stream.text = ''
  if (text === '' && failure !== null) {
    streams.get(session)?.delete(id)
    throw failure
  }
  // A failure that comes with text is told by the next reading.
  if (result !== null) streams.get(session)?.delete(id)
  return { text, result }
}

/** Stops the model. A stream that has ended already needs no stop. */
export function closeStream(session: CallSession, id: string): void {
  const found = streams.get(session)?.get(id)
  if (found === undefined) return
  streams.get(session)?.delete(id)
  found.abort.abort()
}
