import type { Log } from '../log.ts'

const PATIENCE_MS = 20_000
const IMPATIENT_MS = 2_000

/** Somebody asked for the end while the program was still opening: not a failure. */
export class Stopped extends Error {
  constructor() {
    super('Stopped before it was ready.')
    this.name = 'Stopped'
  }
}

/** Closes what was opened, last first. A signal, or the loss of something vital, starts it; it runs once. */
export class Closing {
  readonly #steps: (() => unknown)[] = []
  #running: Promise<void> | undefined
  #isOpening = true
  #isAsked = false
  #log: Log | undefined

  /** @throws Stopped when the end was asked for meanwhile; what was just opened is closed with the rest */
  add(step: () => unknown): void {
    this.#steps.push(step)
    if (this.#isOpening && this.#isAsked) throw new Stopped()
  }

  /** Everything is open. @throws Stopped when the end was asked for meanwhile */
  opened(): void {
    this.#isOpening = false
    if (this.#isAsked) throw new Stopped()
  }

  /** Whether a signal ends the program: what fails from then on is a consequence. */
  get isAsked(): boolean {
    return this.#isAsked
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
        this.#isAsked = true
        // A half-opened part cannot be closed: whoever opens finds out at its next step, and closes then.
        if (!this.#isOpening) void this.#stop()
      })
    }
    process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was rejected and nobody listened'))
  }

  async #stop(): Promise<void> {
    await this.close()
    process.stdout.write('Imperal has stopped.\n')
    process.exit(0)
  }

  /** Something that the platform cannot live without is gone. */
  failed(reason: string): void {
    if (this.#running || this.#isAsked) return
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
