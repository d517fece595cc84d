import type { Log } from '../log.ts'

const PATIENCE_MS = 20_000
const IMPATIENT_MS = 2_000

/** Closes what was opened, last first. A signal, or the loss of something vital, starts it; it runs once. */
export class Closing {
  readonly #steps: (() => unknown)[] = []
  #running: Promise<void> | undefined
  #log: Log | undefined

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  /**
   * From now on SIGINT and SIGTERM end the program; a further one some seconds later ends it at once. Not sooner: a
   * terminal sends Ctrl-C to the whole group, and the program that started this one hands it on as well.
   */
  listen(log: Log): void {
    this.#log = log
    let first = 0
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (first !== 0 && performance.now() - first > IMPATIENT_MS) process.exit(1)
        if (first !== 0) return
        first = performance.now()
        void this.close().then(() => process.exit(0))
      })
    }
    process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was rejected and nobody listened'))
  }

  /** Something that the platform cannot live without is gone. */
  failed(reason: string): void {
    if (this.#running) return
    process.stderr.write(`${reason}\n`)
    void this.close().then(() => process.exit(1))
  }

  close(): Promise<void> {
    this.#running ??= this.#run()
    return this.#running
  }

  async #run(): Promise<void> {
    const late = setTimeout(() => {
      process.stderr.write('Stopping took too long; ending now.\n')
      process.exit(1)
    }, PATIENCE_MS)
    for (const step of this.#steps.reverse()) {
      try {
        await step()
      } catch (error) {
        // The other parts must still be closed.
        this.#log?.error({ err: error }, 'a part could not be closed')
      }
    }
    clearTimeout(late)
  }
}
