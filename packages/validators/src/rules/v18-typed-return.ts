import type { TSType } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { optionOf, registrationsOf } from '../source/registrations.ts'
import { placeOf } from '../source/source-tree.ts'

/** `any`, `unknown`, and promises of them. */
function saysNothing(type: TSType): boolean {
  if (type.type === 'TSAnyKeyword' || type.type === 'TSUnknownKeyword') return true
  if (type.type !== 'TSTypeReference') return false
  const isPromise = type.typeName.type === 'Identifier' && type.typeName.name === 'Promise'
  return isPromise && (type.typeArguments?.params ?? []).some(saysNothing)
}

export const v18TypedReturn = defineRule({
  id: 'V18',
  needs: 'source',
  severity: 'ERROR',
  title: 'A chat function has a typed result',
  *check({ source }) {
    for (const { registration, name, handler, options } of registrationsOf(source)) {
      const annotation = registration === 'function' ? handler?.node.returnType : undefined
      if (!handler || !annotation || !saysNothing(annotation.typeAnnotation)) continue
      // A model of the result is a type too.
      if (optionOf(options, 'returns') !== undefined) continue
      yield {
        message: `Function '${name ?? '?'}' is annotated with a return type that says nothing`,
        fix: 'Drop the annotation, or write `Promise<ActionResult<…>>`; describe the data with `returns`.',
        at: placeOf(handler.file, annotation),
      }
    }
  },
})
