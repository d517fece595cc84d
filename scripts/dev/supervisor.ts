import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

async function ended(child: ChildProcess): Promise<number | null> {
  if (!hasEnded(child)) await once(child, 'exit')
  return child.exitCode
}

/**
 * Builds, then serves, again and again. Requests that come during a round lead to one more round, never to two servers:
 * the old one has ended, and left its port and its data folder, before the next one starts.
 */
export class Supervisor {
  readonly #build: () => ChildProcess
  readonly #serve: () => ChildProcess
  readonly #say: (line: string) => void
  readonly #giveUp: (() => void) | undefined
  #server: ChildProcess | undefined
  #wanted = false
  #rounds = 0
  #stopped = false
  #round: Promise<void> | undefined

  /** `giveUp` is called when the very first round failed; without it the next save tries again. */
  constructor(options: {
    build: () => ChildProcess
    serve: () => ChildProcess
    say: (line: string) => void
    giveUp?: (() => void) | undefined
  }) {
    this.#build = options.build
    this.#serve = options.serve
    this.#say = options.say
    this.#giveUp = options.giveUp
  }

  /** Asks for a fresh build and a fresh server. */
  restart(): void {
    this.#wanted = true
    this.#round ??= this.#run().finally(() => {
      this.#round = undefined
    })
  }

  /** Ends the server and waits for it; nothing starts any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#server?.kill('SIGTERM')
    await this.#round
    if (this.#server !== undefined) await ended(this.#server)
  }

  async #run(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false
      this.#rounds += 1
      if ((await ended(this.#build())) !== 0) {
        this.#failed('the build failed', 'the running server stays, and the next save tries again')
        continue
      }
      await this.#replaceServer()
    }
  }

  async #replaceServer(): Promise<void> {
    if (this.#server !== undefined) {
      this.#server.kill('SIGTERM')
      await ended(this.#server)
    }
    if (this.#stopped) return
    const server = this.#serve()
    this.#server = server
    server.once('exit', (code) => {
      if (!this.#stopped && this.#server === server && code !== 0 && !this.#wanted) {
        this.#failed('the server ended', 'the next save starts it again')
      }
    })
  }

  #failed(what: string, then: string): void {
    const isOver = this.#giveUp !== undefined && this.#rounds === 1 && !this.#wanted
    this.#say(`${what}; ${isOver ? 'nobody is there to save again, so this ends' : then}`)
    if (isOver) this.#giveUp?.()
  }
}
