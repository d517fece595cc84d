import { type ActionType, DEFAULT_TENANT, type JsonObject, missingScopes } from '@imperal/contract'
import type { ActingUser } from '../context/acting-user.ts'
import type { TargetVerdict } from '../corridor/stages.ts'

const ID_FIELDS = ['user_id', 'target_user', 'user_ids'] as const
const EMAIL_FIELDS = ['email', 'target_email'] as const
const ACCOUNT_FIELD = 'account_id'
const USER_ID = /^imp_u_[A-Za-z0-9_-]{6,24}$/
const SCOPE_FOR: Readonly<Record<ActionType, string>> = {
  read: 'users:read',
  write: 'users:manage',
  destructive: 'users:admin',
}

const NO_TARGET: TargetVerdict = { verdict: 'no_target', targetUserId: null, targetParam: null, requiredScope: null }

interface Target {
  readonly param: string
  readonly userId: string
}

/** Users of this installation that the arguments name. An id of another system (`U024BE7LH`) is plain data. */
function targetsOf(params: JsonObject): Target[] {
  return ID_FIELDS.flatMap((param) => {
    const value = params[param]
    const ids = Array.isArray(value) ? value : [value]
    return ids
      .filter((id): id is string => typeof id === 'string' && USER_ID.test(id))
      .map((userId) => ({ param, userId }))
  })
}

interface AddressBook {
  /** Users who have connected an account elsewhere through the called app; none: it is plain data. */
  usersOfAccount(accountId: string): Promise<readonly string[]>
  /** The user of the tenant whose address it is; null: nobody's here, so that it is plain data. */
  userOfEmail(email: string): Promise<string | null>
  /** Addresses of the accounts that the acting user connected elsewhere, in lower case: they name the user as well. */
  connectedEmails(): Promise<readonly string[]>
}

/** Users whom an address names. The address of nobody here, or of somebody elsewhere, is plain data: people write to whom they like. */
async function addressed(actor: ActingUser, call: AddressBook & { readonly params: JsonObject }): Promise<Target[]> {
  const found: Target[] = []
  for (const param of EMAIL_FIELDS) {
    const value = call.params[param]
    if (typeof value !== 'string' || !value.includes('@') || value.length > 320) continue
    const email = value.trim().toLowerCase()
    const named = email === actor.email?.toLowerCase() ? actor.userId : await call.userOfEmail(email)
    if (named === null) continue
    const isOwn = named === actor.userId || (await call.connectedEmails()).includes(email)
    found.push({ param, userId: isOwn ? actor.userId : named })
  }
  return found
}

/** Users whom a connected account names. An account that several have connected is each one's own. */
async function connected(actor: ActingUser, call: AddressBook & { readonly params: JsonObject }): Promise<Target[]> {
  const id = call.params[ACCOUNT_FIELD]
  if (typeof id !== 'string' || id === '' || id.length > 256) return []
  const users = await call.usersOfAccount(id)
  const named = users.includes(actor.userId) ? actor.userId : users[0]
  return named === undefined ? [] : [{ param: ACCOUNT_FIELD, userId: named }]
}

const namesOtherTenant = (params: JsonObject, tenantId: string): boolean =>
  typeof params.tenant_id === 'string' && params.tenant_id !== tenantId && params.tenant_id !== DEFAULT_TENANT

/**
 * K3.20: arguments that name other users need a scope, and force a confirmation when the call destroys.
 * `foreign` means: something of another tenant, or of nobody here, which must look the same.
 */
export async function checkTargets(
  actor: ActingUser,
  scopes: readonly string[],
  call: AddressBook & {
    readonly params: JsonObject
    readonly actionType: ActionType
    isInTenant(userId: string): Promise<boolean>
  },
): Promise<TargetVerdict | 'foreign'> {
  if (actor.kind !== 'user') return NO_TARGET
  if (namesOtherTenant(call.params, actor.tenantId)) return 'foreign'
  const targets = [...targetsOf(call.params), ...(await addressed(actor, call)), ...(await connected(actor, call))]
  const [first] = targets
  if (first === undefined) return NO_TARGET
  const other = targets.find((target) => target.userId !== actor.userId)
  if (other === undefined)
    return { verdict: 'self_target', targetUserId: first.userId, targetParam: first.param, requiredScope: null }
  for (const target of targets)
    if (target.userId !== actor.userId && !(await call.isInTenant(target.userId))) return 'foreign'
  const requiredScope = SCOPE_FOR[call.actionType]
  const facts = { targetUserId: other.userId, targetParam: other.param, requiredScope }
  if (missingScopes(scopes, [requiredScope]).length > 0) return { verdict: 'blocked', ...facts }
  return { verdict: call.actionType === 'destructive' ? 'escalated' : 'pass', ...facts }
}
