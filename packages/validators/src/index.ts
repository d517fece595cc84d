import { type JsonObject, Manifest } from '@imperal/contract'

/** One finding of a rule: where, what and how to mend it. */
export interface Issue {
  readonly rule: string
  readonly level: 'ERROR' | 'WARN' | 'INFO'
  readonly message: string
  readonly file: string
  readonly line: number
  readonly fix: string
}

/** Rules M1 to M5 over a manifest. */
export function validateManifest(value: JsonObject): Issue[] {
  const parsed = Manifest.safeParse(value)
  if (parsed.success) return []
  return parsed.error.issues.map((issue) => ({
    rule: issue.code === 'unrecognized_keys' ? 'M3' : 'M4',
    level: 'ERROR' as const,
    message: `[${issue.path.join('.') || 'root'}] ${issue.message}`,
    file: 'imperal.json',
    line: 0,
    fix: 'Run `imperal build` to write the manifest from your code.',
  }))
}
