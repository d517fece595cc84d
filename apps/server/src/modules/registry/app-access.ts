import { type JsonObject, type JsonValue, missingScopes } from '@imperal/contract'

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Caller = { readonly userId: string; readonly role: string; readonly scopes: readonly string[] }

/**
 * Why the app-level `config.access_policy` does not let this caller use the app (K3.4a), null when it does: denied users
 * and roles first, then `allowed_roles` and `required_scopes` where the operator set them. Functions have policies of
 * their own beside it.
 */
export function accessDenial(config: JsonObject, caller: Caller): string | null {
  const policy = config.access_policy
  if (!isObject(policy)) return null
  if (listOf(policy.denied_users).includes(caller.userId)) return 'the policy of the app denies this user'
  if (listOf(policy.denied_roles).includes(caller.role)) return `the policy of the app denies the role ${caller.role}`
  const allowed = listOf(policy.allowed_roles)
  if (allowed.length > 0 && !allowed.includes(caller.role))
    return `the policy of the app does not name the role ${caller.role}`
  const required = listOf(policy.required_scopes).filter((scope) => typeof scope === 'string')
  const [missing] = missingScopes(caller.scopes, required)
  return missing === undefined ? null : `the scope ${missing} is missing`
}

/** Whether the app-level policy lets this caller use the app. */
export const appAccess = (config: JsonObject, caller: Caller): boolean => accessDenial(config, caller) === null
