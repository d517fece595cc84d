import type { WireError } from '@imperal/contract'

const OUT_OF_MEMORY = /out of memory|heap limit|Cannot allocate memory|bad_alloc/i
const UNCAUGHT = /Uncaught (?<name>\w+): (?<message>[^\n]*)(?<frames>[\s\S]*)$/

/** Whether the last words of a runtime say that memory was short. */
export const diedOfMemory = (output: string): boolean => OUT_OF_MEMORY.test(output)

/** Whether author code ended its host on purpose. */
export const calledExit = (output: string): boolean => output.includes('process.exit(')

function messageOf(line: string): string | null {
  try {
    const { message } = JSON.parse(line) as { message?: unknown }
    return typeof message === 'string' ? message : null
  } catch {
    // Not every line of the runtime is a structured one.
    return null
  }
}

/** The error of a module that the runtime could not even compile. */
export function compileError(output: string): WireError | null {
  for (const line of output.split('\n')) {
    const found = UNCAUGHT.exec(messageOf(line) ?? '')?.groups
    if (found === undefined) continue
    const { name = 'Error', message = '', frames = '' } = found
    return { name, code: 'internal', message, stack: `${name}: ${message}${frames.replaceAll('\n  at', '\n    at')}` }
  }
  return null
}
