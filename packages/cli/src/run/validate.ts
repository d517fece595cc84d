import { createReport, formatReport, type Issue, reportToJson, type ValidationReport } from '@imperal/validators'
import type { ValidateOptions } from '../commands/validate.ts'
import type { Run } from '../define-command.ts'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import { bundleExtension } from '../project/bundle.ts'
import { startTypeCheck } from '../project/check-types.ts'
import { findProject, type Project } from '../project/find-project.ts'
import { loadExtension } from '../project/load-extension.ts'
import { validateLoaded } from '../project/validate-loaded.ts'

/** The compiler works while the extension is bundled and loaded: it is the longest part. */
async function examine(project: Project, io: Io): Promise<ValidationReport> {
  const types = startTypeCheck(project.root)
  try {
    const bundle = await bundleExtension(project)
    const loaded = await loadExtension(project, bundle, types)
    return await validateLoaded({ root: project.root, ...loaded, sources: bundle.sources }, io, types)
  } finally {
    types.stop()
  }
}

/** What kept an extension from being loaded, as the report that a program waits for. */
function unloadedReport(error: unknown): ValidationReport {
  if (!(error instanceof CliFailure)) throw error
  const { message, hint = '' } = error
  const whole: Issue = { rule: 'LOAD', level: 'ERROR', message, file: '', line: 0, fix: hint }
  return createReport({}, error.issues.length === 0 ? [whole] : error.issues)
}

export const run: Run<typeof ValidateOptions> = async ({ args: [folder], options }, io) => {
  const examined = Promise.resolve().then(() => examine(findProject(io, folder), io))
  const report = await (options.json ? examined.catch(unloadedReport) : examined)
  io.out(options.json ? JSON.stringify(reportToJson(report), null, 2) : formatReport(report).trimEnd())
  return report.isValid && !(options.strict && report.warnings.length > 0) ? 0 : 1
}
