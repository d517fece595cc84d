import { defineRule } from '../define-rule.ts'
import { anchorOf, isChange } from '../manifest/read-manifest.ts'

export const v19ExplicitActions = defineRule({
  id: 'V19',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'Actions are explicit, and changes can be called in a chain',
  *check({ manifest }) {
    if (!manifest.actionsExplicit) {
      yield {
        message: `'${manifest.appId}' switches explicit actions off`,
        fix: 'Drop `actionsExplicit: false`; the default is right.',
        at: { registration: 'extension', option: 'actionsExplicit' },
      }
    }
    for (const tool of manifest.tools) {
      if (!tool.isFunction || !isChange(tool) || tool.chainCallable) continue
      yield {
        message: `Function '${tool.name}' (${tool.actionType}) cannot be called in a chain`,
        fix: 'Drop `chainCallable: false`; the default is right.',
        at: anchorOf(tool, 'chainCallable'),
      }
    }
  },
})
