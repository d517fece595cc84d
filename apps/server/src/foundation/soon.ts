export interface Soon {
  /** There is something to do: it is done soon, and together with what else comes until then. */
  notice(): void
  /** No further work begins; resolves when what runs has ended. */
  stop(): Promise<void>
}

/**
 * Does `work`, which reports its own failures, after a notice, one at a time. A lone notice waits `soonMs`; while notices keep coming, two beginnings are at
 * least `restMs` apart, for a look at many costs little more than a look at one.
 */
export function openSoon(work: () => Promise<void>, rest: { readonly soonMs: number; readonly restMs: number }): Soon {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  let began = Number.NEGATIVE_INFINITY
  const run = async (): Promise<void> => {
    timer = undefined
    again = false
    began = performance.now()
    try {
      await work()
    } finally {
      running = null
      if (again) schedule()
    }
  }
  const schedule = (): void => {
    if (stopped || timer !== undefined) return
    const wait = Math.max(rest.soonMs, began + rest.restMs - performance.now())
    timer = setTimeout(() => {
      running = run()
    }, wait).unref()
  }
  return {
    notice() {
      again = true
      if (running === null) schedule()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
