import { clientSecretNames, OAUTH_PROVIDERS } from '@imperal/contract'
import type { CallExpression } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { type ContextAccess, contextAccesses } from '../source/context-members.ts'
import { literalText } from '../source/literals.ts'
import { registrationsOf } from '../source/registrations.ts'
import { wrapped } from '../source/scopes.ts'
import { parentOf, placeOf, type SourceTree } from '../source/source-tree.ts'

const METHODS: ReadonlySet<string> = new Set(['get', 'set', 'delete', 'isSet'])

/** Names that the sources declare; undefined when one of them is computed, so that nobody can say what is missing. */
function declaredSecrets(source: SourceTree): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  for (const { registration, name } of registrationsOf(source)) {
    if (registration !== 'secret') continue
    if (name === undefined) return undefined
    names.add(name)
  }
  // What `ext.oauth` declares by the way.
  for (const provider of OAUTH_PROVIDERS) for (const name of Object.values(clientSecretNames(provider))) names.add(name)
  return names
}

function callOf({ file, node, isAlias }: ContextAccess): CallExpression | undefined {
  const access = isAlias ? node : parentOf(file, wrapped(file, node))
  const call = access && parentOf(file, wrapped(file, access))
  return call?.type === 'CallExpression' && call.callee === wrapped(file, access as typeof node) ? call : undefined
}

export const secretDecl1 = defineRule({
  id: 'SECRET-DECL-1',
  needs: 'source',
  severity: 'ERROR',
  title: 'Secrets that are used are declared',
  *check({ source }) {
    const declared = declaredSecrets(source)
    if (declared === undefined) return
    for (const access of contextAccesses(source, 'secrets')) {
      const { file, method } = access
      if (method === undefined || !METHODS.has(method)) continue
      const first = callOf(access)?.arguments[0]
      if (first === undefined || first.type === 'SpreadElement') continue
      const name = literalText({ tree: source, file, node: first })
      if (name === undefined || declared.has(name)) continue
      yield {
        message: `\`ctx.secrets.${method}('${name}')\` would throw SecretNotDeclaredError: the app declares no secret '${name}'`,
        fix: `Declare it once at module level: \`ext.secret({ name: '${name}', description: '…' })\`.`,
        at: placeOf(file, first),
      }
    }
  },
})
