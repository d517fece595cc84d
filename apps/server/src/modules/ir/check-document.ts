import { type DocumentIssue, type JsonValue, Manifest } from '@imperal/contract'
import {
  type ExposedType,
  type Formats,
  IR_VERSION,
  type IrDocument,
  inCurrentFormat,
  namedApps,
  toManifest,
  type Validated,
  validateDocument,
} from '@imperal/ir'
import type { Registry } from '../registry/index.ts'

type Lookup = Pick<Registry, 'liveVersion'>

export interface CheckParts {
  readonly registry: Lookup
  /** Steps between formats; those of the platform unless told. */
  readonly formats?: Formats | undefined
}

/** A document that may go live, and how it came to be one. */
export interface CheckedDocument {
  readonly document: IrDocument
  readonly form: 'flat' | 'envelope'
  readonly manifest: Manifest
  readonly issues: readonly DocumentIssue[]
  /** Steps of format migration, such as `1.0->1.1`. */
  readonly migrations: readonly string[] | null
  readonly migratedFrom: string | null
}

export type Check =
  | ({ readonly ok: true } & CheckedDocument)
  | { readonly ok: false; readonly issues: readonly DocumentIssue[] }

const failure = (rule: string, message: string): Check => ({
  ok: false,
  issues: [{ rule, level: 'ERROR', message, path: '' }],
})

/** Types of the methods that the document calls in other apps, as far as those are deployed here. */
export async function exposedTypes(registry: Lookup, raw: JsonValue): Promise<ExposedType> {
  const types = new Map<string, 'read' | 'write' | 'destructive'>()
  for (const appId of namedApps(raw)) {
    const version = await registry.liveVersion(appId)
    for (const { name, action_type } of version?.manifest.exposed ?? []) types.set(`${appId} ${name}`, action_type)
  }
  return (appId, method) => types.get(`${appId} ${method}`)
}

function withManifest({ document, issues, form }: Validated & { document: IrDocument }): Check {
  const parsed = Manifest.safeParse(toManifest(document))
  if (!parsed.success) {
    const [first] = parsed.error.issues
    return failure('IR1', `derived manifest: ${first?.path.join('.')}: ${first?.message}`)
  }
  return { ok: true, document, form, manifest: parsed.data, issues, migrations: null, migratedFrom: null }
}

/** Decides the form, migrates, validates (ir 13.2, 4 and 5). Never throws for what is wrong with the document. */
export async function checkDocument(
  { registry, formats }: CheckParts,
  raw: JsonValue,
  deployTarget?: string,
): Promise<Check> {
  const { document: migrated, applied: migrations } = inCurrentFormat(raw, formats)
  const exposed = await exposedTypes(registry, migrated)
  const validated = validateDocument(migrated, { deployTarget, exposed })
  const { document } = validated
  if (document === null) return { ok: false, issues: validated.issues }
  const check = withManifest({ ...validated, document })
  if (!check.ok) return check
  return {
    ...check,
    migrations,
    migratedFrom: migrations === null ? null : (migrations[0]?.split('->')[0] ?? IR_VERSION),
  }
}
