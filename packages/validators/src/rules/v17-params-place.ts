import { defineRule } from '../define-rule.ts'
import { type Option, optionOf, registrationsOf } from '../source/registrations.ts'
import { bare, lookup } from '../source/scopes.ts'
import { placeOf } from '../source/source-tree.ts'

function isAtModuleLevel({ file, node }: Option): boolean {
  const value = bare(node)
  if (value.type !== 'Identifier') return true
  const binding = lookup(file, value.name, value)
  if (binding === undefined || binding.kind === 'import') return true
  return binding.kind !== 'parameter' && binding.isTopLevel
}

/** The part of V17 that only the source shows. */
export const v17ParamsPlace = defineRule({
  id: 'V17',
  needs: 'source',
  severity: 'ERROR',
  title: 'The params model stands at module level or in the options',
  *check({ source }) {
    for (const { registration, name, options } of registrationsOf(source)) {
      if (registration !== 'function') continue
      const params = optionOf(options, 'params')
      if (params === undefined || isAtModuleLevel(params)) continue
      yield {
        message: `The params of function '${name ?? '?'}' are a variable inside a function`,
        fix: 'Move the model to the top of the module, or write it into the options.',
        at: placeOf(params.file, params.property),
      }
    }
  },
})
