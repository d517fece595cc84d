import { type DeployIssue, Manifest, type ManifestPanel, type ManifestTool, SYNTHETIC_PREFIX } from '@imperal/contract'
import { canonicalJson } from '../registry/index.ts'

const issue = (message: string): DeployIssue => ({
  rule: 'MANIFEST-CODE',
  level: 'ERROR',
  message,
  file: 'imperal.json',
  line: 0,
  fix: 'Run `imperal build` again, so that manifest and bundle come from the same source.',
})

const toolsByName = (manifest: Manifest): Map<string, ManifestTool> =>
  new Map(manifest.tools.filter((tool) => !tool.name.startsWith(SYNTHETIC_PREFIX)).map((tool) => [tool.name, tool]))

function differingMembers(one: object, other: object): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  const member = (value: object, name: string) => canonicalJson((value as Record<string, unknown>)[name] ?? null)
  return [...names].filter((name) => member(one, name) !== member(other, name))
}

function* compareNamed<T extends object>(
  kind: string,
  uploaded: ReadonlyMap<string, T>,
  declared: ReadonlyMap<string, T>,
): Generator<DeployIssue> {
  for (const [name, one] of uploaded) {
    const other = declared.get(name)
    if (!other) {
      yield issue(`The manifest lists the ${kind} ${name}, which the code does not have.`)
      continue
    }
    const members = differingMembers(one, other)
    if (members.length > 0) yield issue(`The ${kind} ${name} differs between manifest and code: ${members.join(', ')}.`)
  }
  for (const name of declared.keys()) {
    if (!uploaded.has(name)) yield issue(`The code has the ${kind} ${name}, which the manifest does not list.`)
  }
}

/** A static tree is for the first paint only and is not part of what the code promises. */
const panelsById = (manifest: Manifest): Map<string, Omit<ManifestPanel, 'tree'>> =>
  new Map((manifest.panels ?? []).map(({ tree: _tree, ...panel }) => [panel.panel_id, panel]))

/**
 * What the uploaded manifest says against what the loaded code declares: id, version, tools and panels. The manifest
 * decides about rights and confirmations, so one that differs from its code must never go live.
 */
export function compareManifests(uploaded: Manifest, declared: unknown): DeployIssue[] {
  const parsed = Manifest.safeParse(declared)
  if (!parsed.success) {
    const first = parsed.error.issues[0]
    return [
      issue(`The code declares something that no manifest may hold: ${first?.path.join('.')}: ${first?.message}.`),
    ]
  }
  const code = parsed.data
  const findings: DeployIssue[] = []
  for (const member of ['app_id', 'version'] as const) {
    if (uploaded[member] !== code[member]) {
      findings.push(issue(`The manifest says ${member} ${uploaded[member]}, the code says ${code[member]}.`))
    }
  }
  findings.push(...compareNamed('tool', toolsByName(uploaded), toolsByName(code)))
  findings.push(...compareNamed('panel', panelsById(uploaded), panelsById(code)))
  return findings
}
