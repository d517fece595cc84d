import type { JsonObject } from '@imperal/contract'
import { defineRule } from '../define-rule.ts'
import { anchorOf } from '../manifest/read-manifest.ts'

/** A schema that lets any member through describes nothing. */
const isOpen = ({ additionalProperties: rest }: JsonObject): boolean =>
  rest === true || (typeof rest === 'object' && rest !== null)

export const v17Params = defineRule({
  id: 'V17',
  needs: 'manifest',
  severity: 'ERROR',
  title: 'Every chat function has a closed model of its params',
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (!tool.isFunction) continue
      const { paramsSchema: schema } = tool
      if (schema !== undefined && schema.type === 'object' && !isOpen(schema)) continue
      yield {
        message: `Function '${tool.name}' has no closed model of its params, so any argument would pass`,
        fix: 'Give `params: z.object({ … })` with every field named; no passthrough, no record, no catchall.',
        at: anchorOf(tool, 'params'),
      }
    }
  },
})
