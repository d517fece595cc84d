import { defineRule } from '../define-rule.ts'

const IDENTITY = /\byou are (?:a |an |the )/i

export const r10Identity = defineRule({
  id: 'R10',
  needs: 'extension',
  severity: 'ERROR',
  title: 'A system prompt gives the assistant no identity',
  *check({ extension }) {
    for (const [toolName, { systemPrompt = '' }] of extension.chatExtensions ?? []) {
      const claim = IDENTITY.exec(systemPrompt)?.[0]
      if (claim === undefined) continue
      yield {
        message: `The system prompt of '${toolName}' claims an identity: “${claim.trim()} …”`,
        fix: 'Describe the module instead: what it keeps, its rules, its words.',
        at: { registration: 'chat', name: toolName, option: 'systemPrompt' },
      }
    }
  },
})
