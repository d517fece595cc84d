import type { KernelParts } from '../parts.ts'
import type { LifecycleRun } from '../types.ts'

/** Runs one hook as its user (kernel 7.3). @throws an error whose message says why the hook failed */
export async function runHook(
  parts: KernelParts,
  user: { tenantId: string; userId: string },
  { appId, hook, versions, hold, signal }: LifecycleRun,
): Promise<void> {
  const functionName = hook === 'on_upgrade' ? `on_upgrade:${versions?.to ?? ''}` : hook
  const outcome = await parts.runInner(
    {
      source: 'lifecycle',
      tenantId: user.tenantId,
      userId: user.userId,
      appId,
      function: functionName,
      params: {},
      signal,
    },
    { versions, ...hold, keep: hold !== undefined },
  )
  if (outcome.response.status === 'error') throw new Error(outcome.response.error ?? `${functionName} failed`)
}
