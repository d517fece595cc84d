import type { ContextSnapshot, JsonValue } from '@imperal/contract'
import {
  createIrExtension,
  type Formats,
  type IrDocument,
  parseNormalForm,
  type RunReport,
  StaleDocument,
  wallTimeOf,
} from '@imperal/ir'
import { CallbackError, type HostArtefact } from '../../hosts/index.ts'
import { dispatchCallback } from '../callbacks/dispatch-callback.ts'
import type { CallSession } from '../callbacks/session.ts'
import { buildSnapshot } from '../context/build-snapshot.ts'
import type { KernelParts } from '../parts.ts'
import type { CallSource } from '../types.ts'
import type { HandlerAnswer } from './stages.ts'
import { CUT_OFF } from './verify.ts'

const documents = new WeakMap<HostArtefact, IrDocument>()

function documentOf(artefact: HostArtefact, formats: Formats | undefined): IrDocument {
  const known = documents.get(artefact)
  if (known !== undefined) return known
  const document = parseNormalForm(artefact.bundle, formats)
  documents.set(artefact, document)
  return document
}

// Nobody waits for the answer of these, so there is no client to send anywhere (I5.8).
const NOBODY: ReadonlySet<CallSource> = new Set(['event', 'automation', 'schedule', 'skeleton', 'lifecycle'])

/** What the interpreter may ask of the kernel: the callbacks of the call, refused in the way that it understands. */
function kernelPort(session: CallSession) {
  return {
    async callback(client: string, method: string, args: Parameters<typeof dispatchCallback>[1]['args']) {
      try {
        return await dispatchCallback(session, { client, method, args, asUser: null })
      } catch (error) {
        if (!(error instanceof CallbackError)) throw error
        const { code, detail } = error.wire
        throw Object.assign(new Error(error.message), { code, detail })
      }
    },
    log: (level: 'debug' | 'info' | 'warn' | 'error', text: string) =>
      session.parts.devLog.line(session.call, level, text),
    background: () => Promise.reject(new Error('a declarative function has no background work')),
  }
}

type Ended = { readonly ok: false; readonly code: string; readonly error: undefined }

/** Resolves when the call's time is over or it was cancelled. The interpreter notices at its next step. */
function ending(
  session: CallSession,
  wallTimeMs: number,
): { readonly ended: Promise<Ended>; readonly release: () => void } {
  const { signal, deadline, parts } = session
  let release = () => {}
  const ended = new Promise<Ended>((resolve) => {
    const end = (code: string) => resolve({ ok: false, code, error: undefined })
    const abort = () => end(signal.reason === 'shutdown' ? CUT_OFF : 'EXT_ABORTED')
    const timer = setTimeout(() => end('EXT_TIMEOUT'), Math.max(0, Math.min(wallTimeMs, deadline - parts.clock.now())))
    release = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  return { ended, release }
}

function note(session: CallSession, report: RunReport): void {
  const { parts, call } = session
  const { pass, use, handler } = call
  parts.noteRun?.({
    tenantId: pass.actor.tenantId,
    userId: pass.actor.userId,
    appId: use.app.appId,
    revision: use.version.revision,
    function: handler.functionName,
    isRead: handler.actionType === 'read',
    callId: pass.callId,
    traceId: pass.traceId,
    ...report,
  })
}

function interpret(session: CallSession, document: IrDocument, ctx: ContextSnapshot): Promise<JsonValue> {
  const { call } = session
  const extension = createIrExtension(document, {
    hasClient: !NOBODY.has(call.pass.intent.source),
    onBegin: (progress) => {
      session.ran = progress
    },
    onEnd: (report) => note(session, report),
  })
  const { callId: id } = call.pass
  const { kind, signal } = session
  return extension.invoke(
    { id, kind, name: call.handler.hostName, params: call.params, ctx, signal },
    kernelPort(session),
  )
}

const stale: HandlerAnswer = {
  ok: true,
  value: {
    status: 'error',
    error: 'This app was deployed in a format that the platform no longer reads. Its developer has to deploy it again.',
    error_code: 'IR_STALE_DOCUMENT',
  },
}

/** Events that led to one another up to a run that an event or an automation started. */
function chainOf({ pass }: CallSession['call']): number {
  const { source, causation = [] } = pass.intent
  if (source !== 'event' && source !== 'automation') return 0
  return causation.filter((cause) => !cause.startsWith('cal_') && !cause.startsWith('rule_')).length
}

const LONGEST_CHAIN = 3

function tooLong(session: CallSession): HandlerAnswer {
  const error = `More than ${LONGEST_CHAIN} events led to one another, so this run was refused.`
  session.parts.devLog.line(session.call, 'warn', error)
  return { ok: true, value: { status: 'error', error, error_code: 'IR_LIMIT' } }
}

/** A platform fault is thrown on; a failing section or panel is the handler's own. */
function thrown(session: CallSession, error: unknown): HandlerAnswer {
  if (error instanceof StaleDocument) return stale
  if (!(error instanceof Error) || error.name !== 'RunError') throw error
  session.parts.devLog.line(session.call, 'error', error.message)
  return { ok: false, code: 'EXT_THREW', error: { name: error.name, code: 'internal', message: error.message } }
}

/**
 * Runs a handler of a declarative app in this process: the interpreter has no reach but the callbacks of the call (I11.5).
 * The corridor around it is that of code.
 */
export async function callDocument(parts: KernelParts, session: CallSession): Promise<HandlerAnswer> {
  const { call } = session
  if (chainOf(call) > LONGEST_CHAIN) return tooLong(session) // I11.8
  let release = () => {}
  try {
    const [artefact, ctx] = await Promise.all([
      parts.artefacts.of(call.use.version),
      buildSnapshot(parts, call, session.taskId),
    ])
    const document = documentOf(artefact, parts.documentFormats)
    const end = ending(session, wallTimeOf(document, call.handler.hostName))
    release = end.release
    const value = interpret(session, document, ctx)
    const done = value.then((answer): HandlerAnswer => ({ ok: true, value: answer }))
    return await Promise.race([done, end.ended])
  } catch (error) {
    return thrown(session, error)
  } finally {
    release()
  }
}
