import vm from 'node:vm'

/** Foreign work took longer than it may. */
export class OutOfTime extends Error {
  constructor() {
    super('the work took too long')
    this.name = 'OutOfTime'
  }
}

let work: () => unknown = () => undefined
const context = vm.createContext({ run: () => work() })
const script = new vm.Script('run()')

// Below this share of the time on a processor the machine was busy, and the work is not to blame.
const STARVED = 0.75
// However busy the machine is, the thread that serves everybody waits for so many times the limit at the most.
const MOST_PATIENCE = 5

const MICROSECONDS = 1000
function spentMs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(since)
  return (user + system) / MICROSECONDS
}

function attempt<T>(milliseconds: number, task: () => T): { readonly value: T } | null {
  let result: { readonly value: T } | null = null
  work = () => {
    result = { value: task() }
  }
  try {
    script.runInContext(context, { timeout: milliseconds })
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
  }
  return result
}

/**
 * Runs synchronous work in this thread and breaks it off after so many milliseconds, in the middle of a regular
 * expression as well. Work that hardly came to a processor in that time is begun once more, with as much more time as the
 * machine is busy; so the task may run twice. Costs about half a millisecond. What the work was changing is to be thrown away then.
 * @throws OutOfTime, and whatever the work throws
 */
export function withinTime<T>(milliseconds: number, task: () => T): T {
  const before = process.threadCpuUsage()
  const first = attempt(milliseconds, task)
  if (first !== null) return first.value
  const share = spentMs(before) / milliseconds
  const again = share < STARVED ? attempt(Math.ceil(milliseconds * Math.min(1 / share, MOST_PATIENCE)), task) : null
  if (again === null) throw new OutOfTime()
  return again.value
}
