import { type Attempt, type HookParts, runDueHook } from './run-due-hook.ts'

/** Hooks that run at once on this node. */
const AT_ONCE = 16
/** Of them of one tenant, so that what hangs there leaves places to the others. */
const PER_TENANT = 12
/** A hook that waits behind another one looks due; without a pause the runner would spin on it. */
const SHORTEST_WAIT_MS = 1_000
/** Notices are best effort: a node looks for itself at least this often. */
const LONGEST_WAIT_MS = 60_000
/** A third of a claim's 90 s. */
const RENEW_MS = 30_000
/** How long closing waits for hooks under way. */
const CLOSING_MS = 5_000

/**
 * Keeps the claims of what runs here, however long a host takes to start. A run whose claim fell to somebody else can write
 * nothing any more; it is ended.
 */
function keepClaims({ registry, log }: HookParts, running: ReadonlyMap<Attempt, unknown>): () => void {
  const renew = async () => {
    const asked = [...running.keys()].map((attempt) => ({ attempt, hook: attempt.hook }))
    if (asked.length === 0) return
    const held = await registry.hooks.renew(asked.map(({ hook }) => hook))
    // An upgrade that took its next step meanwhile, or a hook that ended, has another claim or none.
    for (const { attempt, hook } of asked)
      if (!held.has(hook.id) && attempt.hook === hook) attempt.ending.abort('claim lost')
  }
  const timer = setInterval(() => {
    renew().catch((error) => log.warn({ err: error }, 'claims of lifecycle hooks were not renewed, trying again'))
  }, RENEW_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * Runs due lifecycle hooks on this node until closed. An install or a deploy never waits for them and never fails with
 * them: they are retried, and what keeps failing is marked on the install (kernel 7.3). A slow hook takes one of sixteen
 * places and holds up no other.
 */
export function startLifecycleRunner(parts: HookParts): { close(): Promise<void> } {
  const { registry, log } = parts
  const running = new Map<Attempt, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null
  let again = false
  let closed = false

  const ofTenants = (): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>()
    for (const { hook } of running.keys()) counts.set(hook.tenantId, (counts.get(hook.tenantId) ?? 0) + 1)
    return counts
  }
  const start = (attempt: Attempt): void => {
    const ended = runDueHook(parts, attempt)
      .finally(() => running.delete(attempt))
      .then(wake, (error) => {
        // Its claim runs out, and somebody takes it up then.
        log.error({ err: error, appId: attempt.hook.appId }, 'the end of a lifecycle hook could not be written')
        wakeIn(SHORTEST_WAIT_MS)
      })
    running.set(attempt, ended)
  }
  const fill = async (): Promise<void> => {
    do {
      again = false
      const free = AT_ONCE - running.size
      if (free === 0) return
      const hooks = await registry.hooks.claim(free, { byTenant: ofTenants(), perTenant: PER_TENANT })
      for (const hook of hooks) start({ hook, ending: new AbortController() })
    } while (again && !closed)
    const next = await registry.hooks.nextIn()
    wakeIn(Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, next ?? LONGEST_WAIT_MS)))
  }
  const wakeIn = (milliseconds: number): void => {
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(wake, milliseconds)
    timer.unref()
  }
  const wake = (): void => {
    if (closed) return
    again = true
    if (looking !== null) return
    looking = fill()
      .catch((error) => {
        if (closed) return
        log.error({ err: error }, 'due lifecycle hooks could not be read, trying again')
        wakeIn(SHORTEST_WAIT_MS)
      })
      .finally(() => {
        looking = null
        if (again) wake()
      })
  }
  const stop = registry.hooks.onAdded(wake)
  const stopKeeping = keepClaims(parts, running)
  wake()

  return {
    async close() {
      closed = true
      stop()
      clearTimeout(timer)
      // A hook may take a minute; one that is cut off here runs again when its claim is over.
      const patience = Promise.withResolvers<void>()
      const impatient = setTimeout(patience.resolve, CLOSING_MS)
      await Promise.race([Promise.all([looking, ...running.values()]), patience.promise])
      clearTimeout(impatient)
      stopKeeping()
    },
  }
}
