import type { Log } from '../../../foundation/log.ts'
import type { Llm } from '../../llm/index.ts'
import { identityHeader, STRICT_RULE } from './prompts.ts'

/** Who the assistant is here, and what it holds to beside the rules of the platform: settings of the operator. */
export interface AssistantIdentity {
  readonly name: string
  /** Further rules of the organisation; empty: none. */
  readonly rules: string
}

export const BUILT_IN_NAME = 'Webbee'

/** The name that is said, and the built-in one, with a loud warning, where the settings leave it out (K9.10). */
export function nameOfAssistant(identity: AssistantIdentity, log: Log): string {
  const name = identity.name.trim()
  if (name !== '') return name
  log.error({ fragment: 'identity' }, `the assistant has no name in the settings: it calls itself ${BUILT_IN_NAME}`)
  return BUILT_IN_NAME
}

/**
 * The last thing that a prompt of the assistant passes on its way to a model: it begins with who speaks, carries the rules of
 * integrity and those of the organisation. A prompt that lost one of the first two gets the built-in words back, loudly; the
 * turn goes on (K9.10).
 */
export function guardPrompt(system: string, { identity, log }: { identity: AssistantIdentity; log: Log }): string {
  const lines = system.split('\n')
  const missing: string[] = []
  if (!/^You are .+, the one assistant of this platform\./.test(lines[0] ?? '')) {
    missing.push('identity')
    lines.unshift(identityHeader(identity.name.trim() || BUILT_IN_NAME))
  }
  if (!system.includes(STRICT_RULE)) {
    missing.push('integrity')
    lines.splice(1, 0, STRICT_RULE)
  }
  if (missing.length > 0)
    log.error({ missing }, 'a prompt had lost rules of the assistant: it was sent with the built-in ones')
  const rules = identity.rules.trim()
  if (rules !== '') lines.splice(1, 0, `Rules of this organisation: ${rules}`)
  return lines.join('\n')
}

/** Models as the assistant asks them: no prompt without its rules. */
export const guarded = (llm: Llm, about: { identity: AssistantIdentity; log: Log }): Llm => ({
  ...llm,
  complete: (request) => llm.complete({ ...request, system: guardPrompt(request.system ?? '', about) }),
})
