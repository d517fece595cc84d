import type { Log } from '../../foundation/log.ts'
import { compareVersions, type DueHook, type LifecycleHook, type Registry } from '../registry/index.ts'
import type { LifecyclePorts } from './types.ts'

export interface HookParts {
  readonly registry: Registry
  readonly ports: LifecyclePorts
  readonly log: Log
}

/** One attempt at a due hook on this node; its claim changes with each step of an upgrade. */
export interface Attempt {
  hook: DueHook
  /** Ends what runs: the claim is lost. */
  readonly ending: AbortController
}

/** Somebody else runs the hook by now: nothing of this attempt counts any more. */
class ClaimLost extends Error {}

/**
 * Runs the extension's hook under the claim: an attempt that lost it has no effect. A run before it that got to its end,
 * and whose node told nobody, is taken as the run (K7.15).
 */
async function runOnce(
  { registry, ports }: HookParts,
  { hook, ending }: Attempt,
  run: { readonly name: LifecycleHook; readonly versions?: { from: string; to: string } },
): Promise<void> {
  const before = hook.lost === null ? 'none' : await ports.settleHook(hook.tenantId, hook.lost)
  if (typeof before === 'object') {
    if (before.response.status === 'error') throw new Error(before.response.error ?? `${run.name} failed`)
    return
  }
  await ports.runHook(hook, {
    appId: hook.appId,
    hook: run.name,
    versions: run.versions,
    hold: { callId: hook.claim, fence: registry.hooks.fence(hook) },
    signal: ending.signal,
  })
}

async function ensureMine({ registry }: HookParts, hook: DueHook): Promise<void> {
  if (!(await registry.hooks.renew([hook])).has(hook.id)) throw new ClaimLost()
}

/** Upgrade hooks of every version between the two, oldest first; each one that ran is remembered. */
async function upgrade(parts: HookParts, attempt: Attempt): Promise<void> {
  const { registry, ports } = parts
  const { appId, fromVersion, toVersion } = attempt.hook
  const [first, last] = [fromVersion ?? '', toVersion ?? '']
  const declared = (await registry.liveVersion(appId))?.manifest.lifecycle?.on_upgrade ?? []
  const due = declared
    .filter((version) => compareVersions(version, first) > 0 && compareVersions(version, last) <= 0)
    .sort(compareVersions)
  for (const to of due) {
    await runOnce(parts, attempt, { name: 'on_upgrade', versions: { from: attempt.hook.fromVersion ?? '', to } })
    const rest = await registry.hooks.reached(attempt.hook, to)
    if (rest === null) throw new ClaimLost()
    attempt.hook = rest
  }
  await ports.ensureSkeletons(attempt.hook, appId)
}

async function uninstall(parts: HookParts, attempt: Attempt, declared: boolean): Promise<void> {
  const [{ ports }, { hook }] = [parts, attempt]
  // At once, however long the hook takes: what is dropped is not written any more (K5.13).
  await ports.dropSkeletons(hook, hook.appId)
  try {
    if (declared) await runOnce(parts, attempt, { name: 'on_uninstall' })
  } finally {
    // Whatever the extension made of it, what must not outlive an install goes. An attempt that lost its claim must not
    // touch what a later install has stored since.
    await ensureMine(parts, hook)
    await ports.forgetData(hook, hook.appId)
  }
}

async function run(parts: HookParts, attempt: Attempt): Promise<void> {
  const { registry, ports } = parts
  const { hook } = attempt
  const declared = (await registry.liveVersion(hook.appId))?.manifest.lifecycle
  switch (hook.hook) {
    case 'on_install':
      await ports.ensureSkeletons(hook, hook.appId)
      if (declared?.on_install) await runOnce(parts, attempt, { name: 'on_install' })
      return
    case 'on_uninstall':
      return uninstall(parts, attempt, declared?.on_uninstall === true)
    case 'on_enable':
      await ports.ensureSkeletons(hook, hook.appId)
      if (declared?.on_enable) await runOnce(parts, attempt, { name: 'on_enable' })
      return
    case 'on_disable':
      await ports.dropSkeletons(hook, hook.appId)
      if (declared?.on_disable) await runOnce(parts, attempt, { name: 'on_disable' })
      return
    case 'on_upgrade':
      return upgrade(parts, attempt)
  }
}

/** Runs a claimed hook to its end and says so to the queue, unless the claim fell to somebody else meanwhile. */
export async function runDueHook(parts: HookParts, attempt: Attempt): Promise<void> {
  const { hooks } = parts.registry
  const { appId, userId, hook, attempt: nth } = attempt.hook
  const about = { appId, userId, hook, attempt: nth }
  try {
    await run(parts, attempt)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const verdict = error instanceof ClaimLost ? 'lost' : await hooks.failed(attempt.hook, reason)
    parts.log.warn({ ...about, reason, verdict }, 'a lifecycle hook failed')
    return
  }
  if (!(await hooks.done(attempt.hook))) parts.log.warn(about, 'a lifecycle hook ended after others had taken it over')
}
