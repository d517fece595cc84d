import type { JsonValue } from '@imperal/contract'
import { fullSchema, requiredParams } from '../derive/params-schema.ts'
import { type IrDocument, type IrFunction, strengthOf } from '../document.ts'
import { placed } from '../form/written-place.ts'
import { type IrIssue, Issues } from '../issues.ts'
import { isObject, shown } from '../json.ts'
import { entitiesOf } from '../run/records.ts'

/** A function of the newer document, and where it stands there. */
interface Placed {
  readonly fn: IrFunction
  readonly path: string
}

function compareFunctions(before: IrFunction, { fn: after, path }: Placed, issues: Issues): void {
  const params = `${path}.params_schema`
  const known = new Set(requiredParams(before))
  for (const name of requiredParams(after))
    if (!known.has(name)) issues.warn('IR70', `param '${name}' of '${after.name}' became required`, params)
  const [was, is] = [before.action_type ?? 'read', after.action_type ?? 'read']
  if (strengthOf(is) > strengthOf(was))
    issues.warn('IR70', `action_type of '${after.name}' rose to ${is}`, `${path}.action_type`)
  const [old, next] = [fullSchema(before).properties, fullSchema(after).properties]
  if (!isObject(old) || !isObject(next)) return
  for (const name of Object.keys(old))
    if (!Object.hasOwn(next, name)) issues.warn('IR70', `param '${name}' of '${after.name}' removed`, params)
}

interface Field {
  readonly kind: string
  readonly name: string
  readonly type: string
  readonly path: string
}

const fieldsOf = (document: IrDocument): Field[] =>
  entitiesOf(document).flatMap(({ kind, fields }, index) =>
    Object.entries(isObject(fields) ? fields : {}).flatMap(([name, rule]) =>
      isObject(rule)
        ? [{ kind: shown(kind), name, type: shown(rule.type), path: `app.data.entities.${index}.fields.${name}.type` }]
        : [],
    ),
  )

/**
 * What a deploy takes away from those who use the active revision; both documents completed (IR70). Places are those of the
 * newer one as its author wrote it.
 */
export function breakingChanges(before: IrDocument, after: IrDocument, written: JsonValue): IrIssue[] {
  const issues = new Issues()
  for (const fn of before.app.functions) {
    const index = after.app.functions.findIndex(({ name }) => name === fn.name)
    const next = after.app.functions[index]
    if (next === undefined) issues.warn('IR70', `function '${fn.name}' removed`, 'app.functions')
    else compareFunctions(fn, { fn: next, path: `app.functions.${index}` }, issues)
  }
  const old = fieldsOf(before)
  for (const { kind, name, type, path } of fieldsOf(after)) {
    const was = old.find((field) => field.kind === kind && field.name === name)
    if (was !== undefined && was.type !== type) issues.warn('IR70', `field '${name}' of '${kind}' changed type`, path)
  }
  return placed(written, issues)
}
