import { fullSchema, requiredParams } from '../derive/params-schema.ts'
import { type IrDocument, type IrFunction, strengthOf } from '../document.ts'
import { type IrIssue, Issues } from '../issues.ts'
import { isObject, shown } from '../json.ts'
import { entitiesOf } from '../run/records.ts'

function compareFunctions(before: IrFunction, after: IrFunction, issues: Issues): void {
  const known = new Set(requiredParams(before))
  for (const name of requiredParams(after))
    if (!known.has(name)) issues.warn('IR70', `param '${name}' of '${after.name}' became required`)
  const [was, is] = [before.action_type ?? 'read', after.action_type ?? 'read']
  if (strengthOf(is) > strengthOf(was)) issues.warn('IR70', `action_type of '${after.name}' rose to ${is}`)
  const [old, next] = [fullSchema(before).properties, fullSchema(after).properties]
  if (!isObject(old) || !isObject(next)) return
  for (const name of Object.keys(old))
    if (!Object.hasOwn(next, name)) issues.warn('IR70', `param '${name}' of '${after.name}' removed`)
}

function fieldTypes(document: IrDocument): Map<string, string> {
  const found = new Map<string, string>()
  for (const { kind, fields } of entitiesOf(document))
    for (const [name, rule] of Object.entries(isObject(fields) ? fields : {}))
      if (isObject(rule)) found.set(`${shown(kind)} ${name}`, shown(rule.type))
  return found
}

/** What a deploy takes away from those who use the active revision; both documents completed (IR70). */
export function breakingChanges(before: IrDocument, after: IrDocument): IrIssue[] {
  const issues = new Issues()
  for (const fn of before.app.functions) {
    const next = after.app.functions.find((candidate) => candidate.name === fn.name)
    if (next === undefined) issues.warn('IR70', `function '${fn.name}' removed`)
    else compareFunctions(fn, next, issues)
  }
  const now = fieldTypes(after)
  for (const [place, type] of fieldTypes(before)) {
    const [kind, field] = place.split(' ')
    if (now.has(place) && now.get(place) !== type) issues.warn('IR70', `field '${field}' of '${kind}' changed type`)
  }
  return issues.all
}
