/** Everything that a command touches outside itself and the project. */
export interface Io {
  /** One line on standard output. */
  out(line: string): void
  /** One line on standard error. */
  err(line: string): void
  readonly cwd: string
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Somebody can answer questions. */
  readonly isInteractive: boolean
  ask(question: string): Promise<string>
  openBrowser(url: string): void
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Resolves after the time, or at once when the signal aborts. */
  pause(milliseconds: number): Promise<void>
}
