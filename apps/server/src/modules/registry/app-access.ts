import { type JsonObject, type JsonValue, missingScopes } from '@imperal/contract'

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])
const objectOf = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

export interface PolicyCaller {
  readonly userId: string
  readonly role: string
  readonly scopes: readonly string[]
  /** A registered developer counts as having the role `developer` besides. */
  readonly isDeveloper?: boolean
}

/** Why a policy, of an app or of one function, keeps this caller out, whatever the scopes; null when it does not. */
export function personDenial(policy: JsonObject, caller: PolicyCaller, what = 'the app'): string | null {
  const denials = [policy, objectOf(policy.exceptions)]
  const roles = caller.isDeveloper === true ? [caller.role, 'developer'] : [caller.role]
  if (denials.some(({ denied_users }) => listOf(denied_users).includes(caller.userId)))
    return `the policy of ${what} denies this user`
  const denied = roles.find((role) => denials.some(({ denied_roles }) => listOf(denied_roles).includes(role)))
  if (denied !== undefined) return `the policy of ${what} denies the role ${denied}`
  const allowed = listOf(policy.allowed_roles)
  if (allowed.length === 0 || roles.some((role) => allowed.includes(role))) return null
  return `the policy of ${what} does not name the role ${caller.role}`
}

/**
 * Why the app-level `config.access_policy` does not let this caller use the app (K3.4a, api 3.23), null when it does: denied
 * users and roles first, then `allowed_roles` and `required_scopes` where the operator set them. Functions have policies of
 * their own beside it.
 */
export function accessDenial(config: JsonObject, caller: PolicyCaller): string | null {
  const policy = objectOf(config.access_policy)
  const denial = personDenial(policy, caller)
  if (denial !== null) return denial
  const required = listOf(policy.required_scopes).filter((scope) => typeof scope === 'string')
  const [missing] = missingScopes(caller.scopes, required)
  return missing === undefined ? null : `the scope ${missing} is missing`
}

/** Functions that the policies beside the app-level one keep from a caller who has the app. */
export function withheldFunctions(
  { appId, config }: { appId: string; config: JsonObject },
  caller: PolicyCaller,
): string[] {
  const held = [...caller.scopes, `${appId}:*`]
  return Object.entries(objectOf(objectOf(config.access_policy).functions)).flatMap(([name, rule]) => {
    const policy = objectOf(rule)
    const required = listOf(policy.required_scopes).filter((scope) => typeof scope === 'string')
    return personDenial(policy, caller, name) === null && missingScopes(held, required).length === 0 ? [] : [name]
  })
}

/** Whether the app-level policy lets this caller use the app. */
export const appAccess = (config: JsonObject, caller: PolicyCaller): boolean => accessDenial(config, caller) === null
