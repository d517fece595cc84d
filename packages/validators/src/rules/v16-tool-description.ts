import { defineRule } from '../define-rule.ts'
import { anchorOf, isSynthetic, labelOf } from '../manifest/read-manifest.ts'

const SHORTEST = 20

export const v16ToolDescription = defineRule({
  id: 'V16',
  needs: 'manifest',
  severity: 'ERROR',
  title: `Every function and tool says what it does in at least ${SHORTEST} characters`,
  *check({ manifest }) {
    for (const tool of manifest.tools) {
      if (isSynthetic(tool.name) || tool.name.startsWith('skeleton_')) continue
      const { length } = tool.description.trim()
      if (length >= SHORTEST) continue
      const owner = tool.ownerChatTool === '' ? '' : ` of '${tool.ownerChatTool}'`
      yield {
        message: `${labelOf(tool)}${owner} has a description of ${length} characters, ${SHORTEST} are the least`,
        fix: 'Say what goes in, what comes out and when to use it, as you would to a colleague.',
        at: anchorOf(tool, 'description'),
      }
    }
  },
})
