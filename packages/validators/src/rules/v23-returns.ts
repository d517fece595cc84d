import { defineRule } from '../define-rule.ts'
import type { Finding } from '../issue.ts'
import { anchorOf, isChange, type ManifestView } from '../manifest/read-manifest.ts'
import type { LoadedExtension } from '../subject.ts'

/** Functions of one kind without a shape of their result. */
function* withoutReturns(
  manifest: ManifestView,
  extension: LoadedExtension | undefined,
  changes: boolean,
): Generator<Finding> {
  for (const tool of manifest.tools) {
    if (!tool.isFunction || isChange(tool) !== changes || Object.keys(tool.returnSchema).length > 0) continue
    if (extension?.functions?.get(tool.name)?.uiBuilder === true) continue
    yield {
      message: `Function '${tool.name}' (${tool.actionType}) does not say what its result holds`,
      fix: 'Add `returns: z.object({ … })`, so that later steps and models know its fields.',
      at: anchorOf(tool),
    }
  }
}

export const v23Returns = defineRule({
  id: 'V23',
  needs: 'manifest',
  severity: 'WARN',
  title: 'A reading function declares the shape of its result',
  *check({ manifest, extension, env }) {
    const isError = env.IMPERAL_VALIDATOR_V23_SEVERITY?.toLowerCase() === 'error'
    for (const finding of withoutReturns(manifest, extension, false)) {
      yield isError ? { ...finding, level: 'ERROR' } : finding
    }
  },
})

export const v24Model = defineRule({
  id: 'V24-MODEL',
  needs: 'manifest',
  severity: 'WARN',
  title: 'A changing function declares the shape of its result',
  check: ({ manifest, extension }) => withoutReturns(manifest, extension, true),
})
