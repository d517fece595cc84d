import { Worker } from 'node:worker_threads'

/** Runs beside a main thread that may never come back, so it says what it has to say and ends the process itself. */
const WATCHER = `
const { workerData: { sentence, folder, patience } } = require('node:worker_threads')
const { rmSync, writeSync } = require('node:fs')
setTimeout(() => {
  writeSync(2, sentence + '\\n')
  rmSync(folder, { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
}, patience)`

/** Milliseconds that a module may take to load: an extension host gives it as many. */
const PATIENCE = 10_000

/**
 * Ends the process with a sentence when a module does not come to the end of its loading: an endless loop blocks this
 * thread, and Ctrl-C with it. Call what it returns when the module is loaded.
 */
export function watchLoad({ entry, folder, patience = PATIENCE }: WatchedLoad): () => void {
  const sentence = [
    `${entry} cannot be loaded: it was still running after ${patience / 1000} s.`,
    'What stands outside of functions runs at once and must come to an end. Look for a loop there.',
  ].join('\n')
  const worker = new Worker(WATCHER, { eval: true, execArgv: [], workerData: { sentence, folder, patience } })
  worker.unref()
  return () => void worker.terminate()
}

export interface WatchedLoad {
  /** File name of the entry, for people. */
  readonly entry: string
  /** Removed before the end. */
  readonly folder: string
  /** Milliseconds. */
  readonly patience?: number
}
