import { defineRule } from '../define-rule.ts'
import { anchorOf } from '../manifest/read-manifest.ts'

const LONGEST = 64

export const v33ModelName = defineRule({
  id: 'V33',
  needs: 'manifest',
  severity: 'WARN',
  title: `The name that models see has at most ${LONGEST} characters`,
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      const { length } = `${manifest.appId}__${tool.name}`
      if (!tool.isFunction || length <= LONGEST) continue
      yield {
        message: `'${manifest.appId}__${tool.name}' has ${length} characters, ${LONGEST} are the most that models take`,
        fix: `Shorten the function's name by ${length - LONGEST}.`,
        at: anchorOf(tool),
      }
    }
  },
})
