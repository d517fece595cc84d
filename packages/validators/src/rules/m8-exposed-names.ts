import { defineRule } from '../define-rule.ts'
import { repeated, wellFormed } from '../manifest/well-formed.ts'

export const m8ExposedNames = defineRule({
  id: 'M8.2',
  needs: 'manifest-file',
  severity: 'ERROR',
  title: 'Every exposed method has a name of its own',
  *check(subject) {
    for (const { value, index } of repeated((wellFormed(subject)?.exposed ?? []).map(({ name }) => name))) {
      yield {
        message: `[exposed.${index}.name] the method '${value}' is there twice`,
        fix: 'Give each exposed method another name.',
        path: ['exposed', index, 'name'],
        at: { registration: 'expose', name: value },
      }
    }
  },
})
