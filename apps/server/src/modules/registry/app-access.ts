import { type JsonObject, type JsonValue, missingScopes } from '@imperal/contract'

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Whether the app-level `config.access_policy` lets this caller use the app (K3.4a): denied users and roles first, then
 * `allowed_roles` and `required_scopes` where the operator set them. Functions have policies of their own beside it.
 */
export function appAccess(
  config: JsonObject,
  caller: { readonly userId: string; readonly role: string; readonly scopes: readonly string[] },
): boolean {
  const policy = config.access_policy
  if (!isObject(policy)) return true
  if (listOf(policy.denied_users).includes(caller.userId)) return false
  if (listOf(policy.denied_roles).includes(caller.role)) return false
  const allowed = listOf(policy.allowed_roles)
  if (allowed.length > 0 && !allowed.includes(caller.role)) return false
  const required = listOf(policy.required_scopes).filter((scope) => typeof scope === 'string')
  return missingScopes(caller.scopes, required).length === 0
}
