import {
  effectiveActionType,
  hasScope,
  type JsonObject,
  type JsonValue,
  type ManifestTool,
  missingScopes,
  SKELETON_ALERT_PREFIX,
  SKELETON_REFRESH_PREFIX,
} from '@imperal/contract'
import type { AppRecord, StoredVersion } from './types.ts'

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])
const objectOf = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

export interface PolicyCaller {
  readonly userId: string
  readonly role: string
  readonly scopes: readonly string[]
  /** Taken from the person, whatever else grants them. */
  readonly deniedScopes?: readonly string[]
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

/** Scopes that somebody has in an app: their own, and, where they have the app, its namespace (K3.4a). */
export const scopesInApp = (own: readonly string[], appId: string, hasApp: boolean): readonly string[] =>
  hasApp ? [...own, `${appId}:*`] : own

/** Required scopes that the caller was denied or, where none was, does not have; denials win over every grant (K3.3, K3.4a). */
export function scopesLacking(
  { scopes, deniedScopes = [] }: Pick<PolicyCaller, 'scopes' | 'deniedScopes'>,
  required: readonly string[],
): string[] {
  const denied = required.filter((scope) => deniedScopes.includes('*') || hasScope(deniedScopes, scope))
  return denied.length > 0 ? denied : missingScopes(scopes, required)
}

/** Scopes that a function needs. A chat function carries no list of its own (K3.4a); what it declares beside counts as well. */
export function requiredScopesOf(appId: string, tool: ManifestTool): readonly string[] {
  if (tool.name.startsWith(SKELETON_REFRESH_PREFIX) || tool.name.startsWith(SKELETON_ALERT_PREFIX)) return []
  const isTyped =
    tool.params_schema !== undefined || tool.owner_chat_tool !== undefined || tool.action_type !== undefined
  const actionType = effectiveActionType(tool.name, tool.action_type ?? 'read')
  return isTyped ? [`${appId}:${actionType}`, ...tool.scopes] : tool.scopes
}

/** What the policy of one function, beside that of its app, finds lacking in a caller who has these scopes in the app. */
export interface FunctionDenial {
  /** Empty when it is the person whom the policy keeps out. */
  readonly missingScopes: readonly string[]
  /** Nothing is lacking but the registration as a developer. */
  readonly needsDeveloper?: true
}

/** Why the policy of a function does not let this caller use it; null when it does (K3.4a). */
export function functionDenial(config: JsonObject, name: string, caller: PolicyCaller): FunctionDenial | null {
  const policy = objectOf(objectOf(objectOf(config.access_policy).functions)[name])
  const required = listOf(policy.required_scopes).filter((scope) => typeof scope === 'string')
  const lacking = scopesLacking(caller, required)
  if (personDenial(policy, caller, name) === null) return lacking.length === 0 ? null : { missingScopes: lacking }
  const asDeveloper = personDenial(policy, { ...caller, isDeveloper: true }, name) === null && lacking.length === 0
  return { missingScopes: lacking, ...(asDeveloper ? { needsDeveloper: true } : {}) }
}

/** Functions that scopes and the policies beside the app-level one keep from a caller who has the app, as the kernel would. */
export function withheldFunctions(
  { appId, config }: Pick<AppRecord, 'appId' | 'config'>,
  { manifest }: Pick<StoredVersion, 'manifest'>,
  caller: PolicyCaller,
): string[] {
  const inApp = { ...caller, scopes: scopesInApp(caller.scopes, appId, true) }
  return manifest.tools
    .filter(
      (tool) =>
        scopesLacking(inApp, requiredScopesOf(appId, tool)).length > 0 ||
        functionDenial(config, tool.name, inApp) !== null,
    )
    .map(({ name }) => name)
}

/** Whether the app-level policy lets this caller use the app. */
export const appAccess = (config: JsonObject, caller: PolicyCaller): boolean => accessDenial(config, caller) === null
