import type { Node } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { contextAccesses, functionsAround } from '../source/context-members.ts'
import { registrationsOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

export const v24SkeletonInChat = defineRule({
  id: 'V24',
  needs: 'source',
  severity: 'ERROR',
  title: 'Chat functions do not read the skeleton',
  *check({ source }) {
    const functions = new Map<Node, string | undefined>()
    for (const { registration, name, handler } of registrationsOf(source)) {
      if (registration === 'function' && handler !== undefined) functions.set(handler.node, name)
    }
    for (const access of contextAccesses(source, 'skeleton')) {
      const handler = access.isAlias ? undefined : functionsAround(access).find((around) => functions.has(around))
      if (handler === undefined) continue
      yield {
        message: `Function '${functions.get(handler) ?? '?'}' reads \`ctx.skeleton\`, which is for the context of models only`,
        fix: 'Read the data where it is: `ctx.store`, `ctx.http`, or `ctx.cache` for what is costly.',
        at: placeOf(access.file, access.node),
      }
    }
  },
})
