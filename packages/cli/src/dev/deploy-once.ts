import { ApiError } from '@imperal/client'
import { createReport, formatReport, type ValidationReport } from '@imperal/validators'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import type { Session } from '../platform/session.ts'
import { type DeployAnswer, upload } from '../platform/upload.ts'
import type { BuiltProject } from '../project/build-project.ts'
import type { TypeCheck } from '../project/check-types.ts'
import { createStackMapper } from '../project/map-stack.ts'
import { validateLoaded } from '../project/validate-loaded.ts'

/** Milliseconds between two tries while an earlier deploy of the app runs. */
const PATIENCE = 500
const TRIES = 20

/** What the author should look at: errors and warnings. */
const worth = (report: ValidationReport): boolean => report.errors.length + report.warnings.length > 0

/**
 * Validates a build; its types too when somebody checks them.
 * @throws CliFailure with the report when an error keeps it from going live
 */
export async function validateBuild(built: BuiltProject, io: Io, types?: TypeCheck): Promise<void> {
  const { project, extension, manifest, bundle } = built
  const report = await validateLoaded({ root: project.root, extension, manifest, sources: bundle.sources }, io, types)
  if (!report.isValid) {
    throw new CliFailure('Deploy blocked: correct these errors first.', { details: [formatReport(report)] })
  }
  if (worth(report)) io.out(formatReport(report))
}

async function uploadPatiently(session: Session, built: BuiltProject, options: { io: Io; changelog: string }) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await upload(session.client, built, options.changelog)
    } catch (error) {
      const isBusy = error instanceof ApiError && error.status === 409 && /still running/.test(error.message)
      if (!isBusy || tries === TRIES || options.io.signal.aborted) throw error
      await options.io.pause(PATIENCE)
    }
  }
}

function failureOf(answer: DeployAnswer, built: BuiltProject): CliFailure {
  const mapper = createStackMapper(built.bundle.map)
  // The server loaded the bundle: its places are those of the bundle.
  const issues = (answer.report?.issues ?? []).map((issue) => {
    const place = /(?:extension|bundle)\.js$/.test(issue.file) ? mapper.place(issue.line, 1) : undefined
    return place === undefined ? issue : { ...issue, file: place.file, line: place.line }
  })
  const report = createReport(built.manifest, issues, built.extension)
  const reason = answer.error_message ?? `it is ${answer.status}`
  return new CliFailure(`The platform refused ${built.appId} v${built.version}: ${reason}`, {
    details: issues.length === 0 ? [] : [formatReport(report)],
  })
}

/** Uploads a build and says that it is live. @throws CliFailure, ApiError */
export async function deployOnce(
  session: Session,
  built: BuiltProject,
  options: { io: Io; changelog?: string },
): Promise<void> {
  const { io, changelog = '' } = options
  const started = performance.now()
  const answer = await uploadPatiently(session, built, { io, changelog })
  if (answer.status !== 'live') throw failureOf(answer, built)
  const size = Math.round(Buffer.byteLength(built.bundle.code) / 1024)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  io.out(`Live: ${built.appId} v${built.version} (${size} KB, ${seconds} s) ${session.api}/ext/${built.appId}`)
}
