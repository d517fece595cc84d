import type { Expression } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { bare, topLevelConstants } from '../source/literals.ts'
import { optionOf, registrationsOf } from '../source/registrations.ts'
import { placeOf, type SourceFile } from '../source/source-tree.ts'

function isAtModuleLevel(params: Expression, file: SourceFile): boolean {
  const value = bare(params)
  if (value.type !== 'Identifier') return true
  const imported = file.program.body.some(
    (statement) =>
      statement.type === 'ImportDeclaration' && statement.specifiers.some(({ local }) => local.name === value.name),
  )
  return imported || topLevelConstants(file.program).has(value.name)
}

/** The part of V17 that only the source shows. */
export const v17ParamsPlace = defineRule({
  id: 'V17',
  needs: 'source',
  severity: 'ERROR',
  title: 'The params model stands at module level or in the options',
  *check({ source }) {
    for (const { registration, name, options, file } of registrationsOf(source)) {
      if (registration !== 'function') continue
      const params = optionOf(options, 'params')
      if (params === undefined || isAtModuleLevel(params.value as Expression, file)) continue // an option's value is one
      yield {
        message: `The params of function '${name ?? '?'}' are a variable inside a function`,
        fix: 'Move the model to the top of the module, or write it into the options.',
        at: placeOf(file, params),
      }
    }
  },
})
