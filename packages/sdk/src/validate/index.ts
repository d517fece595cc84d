import { validateSourceTree as readSources } from '@imperal/validators'
import { ImperalError } from '../errors.ts'

export {
  formatReport,
  type Issue as ValidationIssue,
  MIN_MANIFEST_SDK_VERSION,
  reportToJson,
  type ValidationReport,
  validateExtension,
  validateManifest,
  validateManifestFeatures,
} from '@imperal/validators'
export * from './wire.ts'

/**
 * The rules that read syntax trees, over all sources below a folder; loads nothing of them. Node only.
 * @throws ImperalError when the parser, which comes with the command line, is not installed
 */
export async function validateSourceTree(root: string): ReturnType<typeof readSources> {
  try {
    return await readSources(root)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new ImperalError('Reading sources needs the package oxc-parser, which @imperal/cli brings along.', {
      cause: error,
    })
  }
}
