import type { IdentityContext } from './context.ts'
import { identityErrors } from './errors.ts'

export type SignInMethod = 'email' | 'api_key' | 'oidc'

/** Whether users of the tenant may come in this way. */
export async function allowsMethod(
  context: Pick<IdentityContext, 'directory'>,
  tenantId: string,
  method: SignInMethod,
): Promise<boolean> {
  return (await context.directory.tenant(tenantId))?.authMethods.includes(method) ?? false
}

/** @throws IDENTITY_METHOD_NOT_ALLOWED */
export async function requireMethod(context: IdentityContext, tenantId: string, method: SignInMethod): Promise<void> {
  if (!(await allowsMethod(context, tenantId, method))) throw identityErrors.METHOD_NOT_ALLOWED({ method })
}
