import type { Log } from '../../foundation/log.ts'
import { compareVersions, type DueHook, type Registry } from '../registry/index.ts'
import type { LifecyclePorts } from './types.ts'

const BATCH = 16
/** A hook that waits behind another one looks due; without a pause the runner would spin on it. */
const SHORTEST_WAIT_MS = 1_000
/** Notices are best effort: a node looks for itself at least this often. */
const LONGEST_WAIT_MS = 60_000
/** How long closing waits for hooks under way. */
const CLOSING_MS = 5_000

interface Parts {
  readonly registry: Registry
  readonly ports: LifecyclePorts
}

/** Upgrade hooks of every version between the two, oldest first; each one that ran is remembered. */
async function upgrade({ registry, ports }: Parts, hook: DueHook): Promise<void> {
  const [first, last] = [hook.fromVersion ?? '', hook.toVersion ?? '']
  const declared = (await registry.liveVersion(hook.appId))?.manifest.lifecycle?.on_upgrade ?? []
  const due = declared
    .filter((version) => compareVersions(version, first) > 0 && compareVersions(version, last) <= 0)
    .sort(compareVersions)
  let from = first
  for (const to of due) {
    await ports.runHook(hook, hook.appId, 'on_upgrade', { from, to })
    await registry.setInstalledVersion(hook, hook.appId, to)
    from = to
  }
  await ports.ensureSkeletons(hook, hook.appId)
}

async function uninstall({ ports }: Parts, hook: DueHook, declared: boolean): Promise<void> {
  // At once, however long the hook takes: what is dropped is not written any more (K5.13).
  await ports.dropSkeletons(hook, hook.appId)
  try {
    if (declared) await ports.runHook(hook, hook.appId, 'on_uninstall')
  } finally {
    // Whatever the extension made of it, what must not outlive an install goes.
    await ports.forgetData(hook, hook.appId)
  }
}

async function run(parts: Parts, hook: DueHook): Promise<void> {
  const { registry, ports } = parts
  const declared = (await registry.liveVersion(hook.appId))?.manifest.lifecycle
  switch (hook.hook) {
    case 'on_install':
      await ports.ensureSkeletons(hook, hook.appId)
      if (declared?.on_install) await ports.runHook(hook, hook.appId, 'on_install')
      return
    case 'on_uninstall':
      return uninstall(parts, hook, declared?.on_uninstall === true)
    case 'on_enable':
      await ports.ensureSkeletons(hook, hook.appId)
      if (declared?.on_enable) await ports.runHook(hook, hook.appId, 'on_enable')
      return
    case 'on_disable':
      await ports.dropSkeletons(hook, hook.appId)
      if (declared?.on_disable) await ports.runHook(hook, hook.appId, 'on_disable')
      return
    case 'on_upgrade':
      return upgrade(parts, hook)
  }
}

async function settle(parts: Parts, hook: DueHook, log: Log): Promise<void> {
  const about = { appId: hook.appId, userId: hook.userId, hook: hook.hook, attempt: hook.attempt }
  try {
    await run(parts, hook)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const verdict = await parts.registry.hooks.failed(hook, reason)
    log.warn({ ...about, reason, verdict }, 'a lifecycle hook failed')
    return
  }
  await parts.registry.hooks.done(hook)
}

/**
 * Runs due lifecycle hooks on this node until closed. An install or a deploy never waits for them and never fails with
 * them: they are retried, and what keeps failing is marked on the install (kernel 7.3).
 */
export function startLifecycleRunner(options: Parts & { readonly log: Log }): { close(): Promise<void> } {
  const { registry, log } = options
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let again = false
  let closed = false

  const pass = async (): Promise<void> => {
    do {
      again = false
      const hooks = await registry.hooks.claim(BATCH)
      await Promise.all(hooks.map((hook) => settle(options, hook, log)))
      if (hooks.length > 0) again = true
    } while (again && !closed)
  }
  const plan = async (): Promise<void> => {
    if (closed) return
    const next = await registry.hooks.nextIn()
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, next ?? LONGEST_WAIT_MS))
    timer = setTimeout(wake, wait)
    timer.unref()
  }
  const wake = (): void => {
    if (closed) return
    again = true
    if (running) return
    clearTimeout(timer)
    running = pass()
      .then(plan)
      .catch((error) => {
        if (closed) return
        log.error({ err: error }, 'due lifecycle hooks could not be read, trying again')
        timer = setTimeout(wake, SHORTEST_WAIT_MS)
        timer.unref()
      })
      .finally(() => {
        running = null
        if (again) wake()
      })
  }
  const stop = registry.hooks.onAdded(wake)
  wake()

  return {
    async close() {
      closed = true
      stop()
      clearTimeout(timer)
      // A hook may take a minute; one that is cut off here runs again when its lease is over.
      const patience = Promise.withResolvers<void>()
      const impatient = setTimeout(patience.resolve, CLOSING_MS)
      await Promise.race([running, patience.promise])
      clearTimeout(impatient)
    },
  }
}
