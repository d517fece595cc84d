import type { KernelParts } from '../parts.ts'
import type { Kernel } from '../types.ts'

type Hook = Parameters<Kernel['lifecycle']>[2]

/** Runs one hook as its user (kernel 7.3). @throws an error whose message says why the hook failed */
export async function runHook(
  parts: KernelParts,
  user: { tenantId: string; userId: string },
  hook: { readonly appId: string; readonly hook: Hook; readonly versions: { from: string; to: string } | undefined },
): Promise<void> {
  const { appId, versions } = hook
  const functionName = hook.hook === 'on_upgrade' ? `on_upgrade:${versions?.to ?? ''}` : hook.hook
  const outcome = await parts.runInner(
    { source: 'lifecycle', tenantId: user.tenantId, userId: user.userId, appId, function: functionName, params: {} },
    versions === undefined ? {} : { versions },
  )
  if (outcome.response.status === 'error') throw new Error(outcome.response.error ?? `${functionName} failed`)
}
