import { type DeployIssue, type DeployReport, type JsonObject, Manifest } from '@imperal/contract'
import { artefactHash, cleanSvg } from '../registry/index.ts'
import { compareManifests } from './compare-manifests.ts'
import type { DeveloperParts } from './open-developer.ts'
import { parseManifestText, type Upload } from './read-upload.ts'

export type Examined =
  | { readonly ok: true; readonly manifest: Manifest; readonly report: DeployReport }
  | { readonly ok: false; readonly report: DeployReport }

const error = (rule: string, message: string, fix = ''): DeployIssue => ({
  rule,
  level: 'ERROR',
  message,
  file: 'imperal.json',
  line: 0,
  fix,
})

/** Nobody reads more, and a manifest of a megabyte can be wrong in a hundred thousand places. */
const MOST_ISSUES = 500
const mostImportant = (issues: readonly DeployIssue[]): DeployIssue[] =>
  issues.toSorted((one, other) => Number(other.level === 'ERROR') - Number(one.level === 'ERROR'))

export const toReport = (issues: readonly DeployIssue[]): DeployReport => ({
  errors: issues.filter((issue) => issue.level === 'ERROR').length,
  warnings: issues.filter((issue) => issue.level === 'WARN').length,
  issues: issues.length > MOST_ISSUES ? mostImportant(issues).slice(0, MOST_ISSUES) : [...issues],
})

const isIssue = (value: JsonObject | DeployIssue): value is DeployIssue =>
  'level' in value && (value.rule === 'M0' || value.rule === 'M1')

const hasErrors = (issues: readonly DeployIssue[]): boolean => issues.some((issue) => issue.level === 'ERROR')

/** What the deploy says about itself against what the manifest says. */
function* checkIdentity(manifest: JsonObject, target: { appId: string; version: string }): Generator<DeployIssue> {
  if (manifest.app_id !== target.appId) {
    yield error('DEPLOY-APP', `The manifest is that of ${String(manifest.app_id)}, the deploy is for ${target.appId}.`)
  }
  if (manifest.version !== target.version) {
    yield error(
      'DEPLOY-VERSION',
      `The manifest says version ${String(manifest.version)}, the deploy says ${target.version}.`,
    )
  }
  if (manifest.system === true) {
    yield error('V31', 'Only apps of the platform may be system apps.', 'Drop `system`.')
  }
}

function* checkFiles(upload: Upload): Generator<DeployIssue> {
  if (upload.bundle.includes('\uFFFD')) yield error('DEPLOY-BUNDLE', 'The bundle is not UTF-8 text.')
  if (upload.sourceMap !== null && !isJson(upload.sourceMap)) yield error('DEPLOY-MAP', 'The source map is not JSON.')
  if (upload.iconSvg === null) return
  const icon = cleanSvg(upload.iconSvg)
  if (!icon.ok) yield { ...error('V21', `The icon cannot be used: ${icon.reason}.`), file: 'icon.svg' }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // That it does not parse is the answer.
    return false
  }
}

const schemaIssues = (manifest: JsonObject): DeployIssue[] =>
  Manifest.safeParse(manifest).error?.issues.map((issue) =>
    error('M4', `[${issue.path.join('.') || 'root'}] ${issue.message}`),
  ) ?? []

/** Loads the code in a host that is thrown away and holds the manifest against what it declares. */
async function checkCode(
  parts: DeveloperParts,
  target: { appId: string; version: string },
  loaded: { manifest: Manifest; upload: Upload },
): Promise<DeployIssue[]> {
  const { bundle, sourceMap } = loaded.upload
  try {
    const hash = artefactHash(bundle, sourceMap)
    const declared = await parts.hosts.describe({ ...target, hash, bundle, sourceMap })
    return compareManifests(loaded.manifest, declared)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const inner = (cause as { error?: { message?: string; stack?: string } }).error
    const place = /\(?([^\s()]+):(\d+):\d+\)?/.exec(inner?.stack ?? '')
    return [
      {
        ...error('LOAD', `The code does not load: ${[message, inner?.message].filter(Boolean).join(' ')}`),
        file: place?.[1] ?? '',
        line: Number(place?.[2] ?? 0),
        fix: 'Load it locally with `imperal validate`.',
      },
    ]
  }
}

/** Everything that has to hold before a version may go live; the cheap checks first, the code only when they pass. */
export async function examineUpload(
  parts: DeveloperParts,
  target: { appId: string; version: string },
  upload: Upload,
  onStage: (stage: 'load') => Promise<void>,
): Promise<Examined> {
  const manifest = parseManifestText(upload.manifestText)
  if (isIssue(manifest)) return { ok: false, report: toReport([manifest]) }
  const raw = manifest
  const issues = [
    ...checkIdentity(raw, target),
    ...checkFiles(upload),
    ...(await parts.validate(raw, { iconSvg: upload.iconSvg })),
  ]
  if (!hasErrors(issues)) issues.push(...schemaIssues(raw))
  const parsed = Manifest.safeParse(raw)
  if (hasErrors(issues) || !parsed.success) return { ok: false, report: toReport(issues) }
  await onStage('load')
  issues.push(...(await checkCode(parts, target, { manifest: parsed.data, upload })))
  const report = toReport(issues)
  return hasErrors(issues) ? { ok: false, report } : { ok: true, manifest: parsed.data, report }
}
