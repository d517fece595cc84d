/**
 * Runs work in one tab of the browser at a time. Browsers offer that only to pages that came by https or from the machine
 * itself; elsewhere each tab works for itself.
 */
export function inOneTab<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  // The types promise locks everywhere.
  const locks = navigator.locks as LockManager | undefined
  return locks === undefined ? work() : locks.request(name, signal === undefined ? {} : { signal }, work)
}
