import type { JsonObject } from '@imperal/contract'
import { isObject, shown } from '../json.ts'
import { namedType } from '../run/entity-fields.ts'
import { scanTemplate } from '../template/scan.ts'
import { COLLECTION } from '../verbs.ts'
import type { Validation } from './context.ts'

const RESERVED_ROLES: ReadonlySet<string> = new Set(
  'core time people content comm media quantity money catalog task geo net metric event rating sec device'.split(' '),
)
const ROLE = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$/
/** The platform's vocabulary of facets: namespaces of the reserved roles. */
const isFacet = (name: string): boolean => RESERVED_ROLES.has(name.split('.')[0] ?? '')
const ENTITY_KEYS: ReadonlySet<string> = new Set(['kind', 'fields', 'facets', 'custom_roles', 'canon', 'closed'])

function checkRoles(entity: JsonObject, path: string, { issues }: Validation): void {
  for (const [index, row] of (Array.isArray(entity.custom_roles) ? entity.custom_roles : []).entries()) {
    const role = isObject(row) && typeof row.role === 'string' ? row.role : ''
    const place = `${path}.custom_roles.${index}`
    if (!ROLE.test(role))
      issues.error('IR-ROLE', `Malformed role '${role}': expected dotted lowercase, e.g. 'audio.bpm'.`, place)
    else if (RESERVED_ROLES.has(role.split('.')[0] ?? ''))
      issues.error(
        'IR-ROLE',
        `Role '${role}' uses reserved namespace '${role.split('.')[0]}'; custom roles must use a non-reserved namespace.`,
        place,
      )
  }
  for (const [index, name] of (Array.isArray(entity.facets) ? entity.facets : []).entries())
    if (typeof name !== 'string' || !isFacet(name))
      issues.error('IR-ROLE', `Unknown facet '${shown(name)}'.`, `${path}.facets.${index}`)
}

function checkCanon(entity: JsonObject, path: string, { issues }: Validation): void {
  const title = isObject(entity.canon) ? entity.canon.title_template : undefined
  if (typeof title !== 'string') return
  for (const problem of scanTemplate(title).problems)
    issues.error(
      'IR43',
      problem.kind === 'filter'
        ? `filter '${problem.name}' is not in the closed whitelist (count, default, format)`
        : `canon of '${shown(entity.kind)}': malformed template token at ${path}.canon.title_template`,
      `${path}.canon.title_template`,
    )
}

function checkFields(entity: JsonObject, path: string, { issues }: Validation): void {
  if (!isObject(entity.fields)) return
  for (const [name, rule] of Object.entries(entity.fields)) {
    const type = isObject(rule) ? rule.type : undefined
    if (!isObject(rule)) issues.error('IR1', `${path}.fields.${name}: Input should be a valid dictionary`, path)
    else if (type !== undefined && namedType(type) === undefined)
      issues.error('IR1', `${path}.fields.${name}.type: '${shown(type)}' is not a known type`, `${path}.fields.${name}`)
  }
}

/** The open `data` slot: entities, roles, facets, canon (ir 3.6). */
export function checkData(validation: Validation): void {
  const { data } = validation.document.app
  const { issues } = validation
  if (data === null) return
  for (const key of Object.keys(data))
    if (key !== 'entities') issues.warn('IR39', `app.data.${key}: not used in format 1.0`, `app.data.${key}`)
  for (const [index, entity] of (Array.isArray(data.entities) ? data.entities : []).entries()) {
    const path = `app.data.entities.${index}`
    if (!isObject(entity)) {
      issues.error('IR1', `${path}: Input should be a valid dictionary`, path)
      continue
    }
    if (typeof entity.kind !== 'string') issues.error('IR1', `${path}.kind: Field required`, path)
    else if (!COLLECTION.test(entity.kind))
      issues.error('IR46', `entity '${entity.kind}': collection '${entity.kind}' is not a valid name`, `${path}.kind`)
    for (const key of Object.keys(entity))
      if (!ENTITY_KEYS.has(key)) issues.warn('IR39', `${path}.${key}: not used in format 1.0`, `${path}.${key}`)
    checkFields(entity, path, validation)
    checkRoles(entity, path, validation)
    checkCanon(entity, path, validation)
  }
}
