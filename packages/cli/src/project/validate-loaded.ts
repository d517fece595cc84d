import type { JsonObject } from '@imperal/contract'
import { createReport, type LoadedExtension, type ValidationReport } from '@imperal/validators'
import { validateProject } from '@imperal/validators/project'
import type { Io } from '../io.ts'
import type { TypeCheck } from './check-types.ts'
import { notSaidByRules } from './type-findings.ts'

export interface LoadedProject {
  readonly root: string
  readonly extension: LoadedExtension
  readonly manifest: JsonObject
  /** Files that went into the bundle, relative to the root. */
  readonly sources: readonly string[]
}

/**
 * Every rule, and, when somebody checks them, the types of the files that go into the extension. What does not compile comes
 * first: what rules say about it may only follow from that.
 */
export async function validateLoaded(
  { root, extension, manifest, sources }: LoadedProject,
  io: Pick<Io, 'env'>,
  typeCheck?: TypeCheck,
): Promise<ValidationReport> {
  const report = await validateProject(root, { extension, manifest }, io.env)
  const types = notSaidByRules((await typeCheck?.issuesIn(sources)) ?? [], report.issues)
  return types.length === 0 ? report : createReport(manifest, [...types, ...report.issues], extension)
}
