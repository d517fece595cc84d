import { AsyncLocalStorage } from 'node:async_hooks'

/** What every line of the log says while this work runs. */
interface LogContext {
  readonly trace_id?: string
  readonly request?: string
}

const contexts = new AsyncLocalStorage<LogContext>()

/** Runs work so that each line which it writes into the log carries these ids, beside those of the work around it. */
export const withLogContext = <T>(context: LogContext, work: () => T): T =>
  contexts.run({ ...contexts.getStore(), ...context }, work)

/** Ids for a line that is written now. */
export const logContext = (): LogContext => contexts.getStore() ?? {}
