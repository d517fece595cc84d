import type { JsonObject } from '@imperal/contract'
import type { KernelParts } from '../parts.ts'
import type { CallSource } from '../types.ts'
import type { ExecutedCall, HandlerAnswer, VerifiedCall } from './stages.ts'

type Failure = Extract<HandlerAnswer, { ok: false }>

const SHARED = 'Other calls that ran in this process ended with it'
const RESULT_REMEDY =
  'Answer in pages (a limit and a cursor among its parameters), or keep the content in ctx.storage and answer with its path.'

const tooLarge = (name: string): string =>
  `${name} answered with more than 1048576 bytes (1 MB), so its answer was refused. ${RESULT_REMEDY}`

/** What was ended, why, and what to do about it, for whoever wrote the handler; null when there is nothing to tell. */
function sentenceOf(name: string, { code, message, error }: Failure, seconds: number): string | null {
  switch (code) {
    case 'EXT_HUNG':
      return `${name} was ended after ${seconds} s: its process computed without answering the platform, as in a loop that never ends. ${SHARED}. Look for a loop whose end is never reached; split long work and await between its parts.`
    case 'EXT_OUT_OF_MEMORY':
      return `${name} was ended after ${seconds} s: ${message ?? 'its process used more memory than it may.'} ${SHARED}. Read and keep less at a time: query in pages, write results as they come.`
    case 'EXT_TIMEOUT':
      return `${name} was ended: it had not answered after ${seconds} s, the time that it has. Do less in one call, or start the work with ctx.backgroundTask and answer at once.`
    case 'RESULT_TOO_LARGE':
      return tooLarge(name)
    case 'EXT_PROTOCOL':
      return `${name} was ended: its process broke the rules of its connection to the platform${message === undefined ? '' : ` (${message})`}. ${SHARED}. Start fewer calls of ctx at once, and await them before the handler ends.`
    case 'EXT_DISABLED':
      return `${name} was not run: this version is switched off after repeated crashes. Mend it and deploy it again.`
    case 'EXT_DISABLED_FOR_CALLER':
      return `${name} was not run: calls of this user crashed the version three times within an hour, so it is switched off for this user, for an hour or until it is deployed again. The lines before tell what crashed.`
    case 'EXT_ABORTED':
      return null
    case 'EXT_CRASHED':
      return `${name} was ended after ${seconds} s: ${message ?? 'its process ended unexpectedly.'} ${SHARED}.`
    default:
      return error?.stack ?? (error === undefined ? `${name}: ${message ?? code}` : `${error.name}: ${error.message}`)
  }
}

const NO_RESULT =
  'Return ActionResult.success(…) or ActionResult.error(…), or data that fits the declared `returns`; the caller was told that the call failed.'

/** A failure that the author can mend is a line of the author's log, with the function's name (sdk.md 7.5, K3.41). */
export function tellAuthor(parts: KernelParts, { executed, verdict }: VerifiedCall): void {
  const { confirmed, answer } = executed
  const name = confirmed.handler.functionName
  let text: string | null = null
  if (!answer.ok) text = sentenceOf(name, answer, secondsOf(executed))
  else if (verdict.critical) text = `${name} gave an answer that is not a result. ${NO_RESULT}`
  else if (verdict.errorCode === 'RESULT_TOO_LARGE') text = tooLarge(name)
  else if (verdict.errorCode === 'WRITE_NOT_REFLECTED')
    text = `${name}: ${verdict.error} Answer with what was stored, under the names of the parameters.`
  if (text !== null) parts.devLog.line(confirmed, 'error', text)
}

/** Doors at which somebody who tries an app of theirs stands; a chat tells everybody the same. */
const OF_THE_AUTHOR: ReadonlySet<CallSource> = new Set(['panel', 'api'])
const PLACE = /\(?((?:[\w@.-]+\/)*[\w@.-]+\.[cm]?[jt]sx?:\d+(?::\d+)?)\)?$/
const LONGEST = 500

/**
 * What an exception said and where, for the one person who may read it: the developer who called an app of their own (K1.5
 * holds for everybody else, and for this person in the chat). Null for whoever else.
 */
export function authorNote({ executed, verdict }: VerifiedCall): JsonObject | null {
  const { answer, confirmed } = executed
  const { actor, intent } = confirmed.pass
  const { ownerId, ownerTenantId } = confirmed.use.app
  if (answer.ok || answer.code !== 'EXT_THREW' || answer.error === undefined) return null
  // Problems of the arguments are told to everybody as they are.
  if (verdict.status !== 'failed') return null
  if (actor.kind !== 'user' || ownerId === null || !OF_THE_AUTHOR.has(intent.source)) return null
  if (actor.userId !== ownerId || actor.tenantId !== ownerTenantId) return null
  const { name, message, stack = '' } = answer.error
  const places = stack
    .split('\n')
    .slice(1)
    .filter((line) => !line.includes('node_modules/'))
  const at = places.flatMap((line) => PLACE.exec(line.trim())?.[1] ?? [])[0]
  return { error: `${name}: ${message}`.slice(0, LONGEST), ...(at === undefined ? {} : { at }) }
}

const secondsOf = ({ confirmed }: ExecutedCall): number =>
  Math.round((performance.now() - confirmed.pass.startedAt) / 100) / 10
