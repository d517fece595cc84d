import type { Issue } from './issue.ts'
import { isSynthetic, readManifest } from './manifest/read-manifest.ts'
import type { LoadedExtension } from './subject.ts'

/** What a validation found, with the figures that its heading shows. */
export interface ValidationReport {
  readonly appId: string
  readonly version: string
  readonly issues: readonly Issue[]
  readonly functionCount: number
  /** Chat extensions, each as one, and tools that are not synthetic. */
  readonly toolCount: number
  /** Functions with an event, and event handlers. */
  readonly eventCount: number
  readonly errors: readonly Issue[]
  readonly warnings: readonly Issue[]
  /** No errors. */
  readonly isValid: boolean
}

export function createReport(
  manifest: Parameters<typeof readManifest>[0],
  issues: readonly Issue[],
  extension?: LoadedExtension,
): ValidationReport {
  const { appId, version, tools, subscriptions } = readManifest(manifest)
  const functions = tools.filter(({ isFunction }) => isFunction)
  const chats = extension?.chatExtensions?.size ?? new Set(functions.map((tool) => tool.ownerChatTool)).size
  const plain = tools.filter(({ isFunction, name }) => !isFunction && !isSynthetic(name))
  const errors = issues.filter(({ level }) => level === 'ERROR')
  return {
    appId,
    version,
    issues,
    functionCount: functions.length,
    toolCount: chats + plain.length,
    eventCount: functions.filter(({ event }) => event !== '').length + subscriptions,
    errors,
    warnings: issues.filter(({ level }) => level === 'WARN'),
    isValid: errors.length === 0,
  }
}

/** The report as JSON, in the names of the wire. */
export function reportToJson(report: ValidationReport) {
  const { appId, version, issues, functionCount, toolCount, eventCount, errors, warnings, isValid } = report
  return {
    app_id: appId,
    version,
    issues: issues.map((issue) => ({ ...issue, column: issue.column ?? 0 })),
    function_count: functionCount,
    tool_count: toolCount,
    event_count: eventCount,
    errors: errors.length,
    warnings: warnings.length,
    is_valid: isValid,
  }
}

const RULE_LINE_WIDTH = 68
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`

/** One finding as `imperal validate` prints it, after an empty line. */
export function issueLines({ level, file, line, rule, message, fix }: Issue): string[] {
  const place = file === '' ? '' : `${file}${line === 0 ? '' : `:${line}`} `
  const head = `  ${level.padEnd(5)} ${place} [${rule}] ${message}`
  return ['', head, ...(fix === '' ? [] : [`         Fix: ${fix}`])]
}

function summaryLine(errors: number, warnings: number, infos: number): string {
  if (errors === 0 && warnings === 0) return '0 errors, 0 warnings'
  const more = infos === 0 ? '' : `, ${infos} info`
  return `RESULTS: ${count(errors, 'error')}, ${count(warnings, 'warning')}${more}`
}

function lastLines(errors: number, warnings: number): string[] {
  if (errors > 0) return ['', `${errors} error(s) must be fixed before deployment.`]
  return warnings > 0 ? ['', `${warnings} warning(s) — consider fixing.`] : []
}

/** The report as text, line by line as `imperal validate` prints it (sdk.md 8.5). */
export function formatReport(report: ValidationReport): string {
  const [errors, warnings] = [report.errors.length, report.warnings.length]
  const infos = report.issues.length - errors - warnings
  return [
    '── Imperal Extension Validator v1.0 '.padEnd(RULE_LINE_WIDTH, '─'),
    '',
    `Extension: ${report.appId} v${report.version}`,
    `Tools: ${report.toolCount}, Functions: ${report.functionCount}, Events: ${report.eventCount}`,
    '',
    summaryLine(errors, warnings, infos),
    ...report.issues.flatMap(issueLines),
    ...lastLines(errors, warnings),
    '',
  ].join('\n')
}
