import { type Launch, type Launcher, launchRuntime } from './start-runtime.ts'

/** A spare is made when nothing has started for so long: whoever needs a host now shall have the processor. */
const REST_TICKS = 2
/** A spare that ends unused is made again ever later, up to about four minutes. */
const MOST_DOUBLINGS = 9

interface Spare {
  /** `null` when it could not be made. */
  readonly launch: Promise<Launch | null>
}

/**
 * Starts runtimes, and keeps one spare: started inside its walls, under a user and in a folder of its own, without any
 * extension, waiting for its configuration. It ends with the server, as its input does.
 */
export class Runtimes {
  readonly #launcher: Launcher
  #spare: Spare | null = null
  #restTicks = 0
  #failures = 0
  #closed = false

  constructor(launcher: Launcher) {
    this.#launcher = launcher
  }

  get memoryMb(): number {
    return this.#launcher.memoryMb
  }

  /** A runtime that waits for its extension: the spare, if there is one. It belongs to the caller. */
  async take(): Promise<Launch> {
    const spare = this.#spare
    this.#spare = null
    this.#restTicks = 0
    const launch = (await spare?.launch) ?? null
    if (launch?.usable()) {
      this.#failures = 0
      return launch
    }
    launch?.kill()
    return launchRuntime(this.#launcher)
  }

  /** Call every `TICK_MS`. `quiet`: nothing is starting, and one process more may live. */
  tick(quiet: boolean): void {
    this.#restTicks = quiet ? this.#restTicks + 1 : 0
    if (this.#spare !== null || this.#closed) return
    if (this.#restTicks >= REST_TICKS * 2 ** Math.min(this.#failures, MOST_DOUBLINGS)) this.#makeSpare()
  }

  #makeSpare(): void {
    // Why it cannot be made is told by the next start that somebody waits for.
    const spare = { launch: launchRuntime(this.#launcher).catch(() => null) }
    this.#spare = spare
    void spare.launch.then(async (launch) => {
      await launch?.gone
      if (this.#spare !== spare) return
      this.#spare = null
      this.#restTicks = 0
      this.#failures++
    })
  }

  /** Ends the spare and makes no more. */
  async close(): Promise<void> {
    this.#closed = true
    const launch = await this.#spare?.launch
    launch?.kill()
    await launch?.gone
  }
}
