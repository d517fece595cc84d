import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** Name of the guest's module and of the extension's module inside the host; stacks show them. */
export const GUEST_MODULE = 'guest.js'
export const EXTENSION_MODULE = 'extension.js'

let built: string | undefined

/** The guest program as one ESM text, bundled once per process. It imports the extension as `./extension.js`. */
export function buildGuest(): string {
  built ??= bundle()
  return built
}

function bundle(): string {
  // The asynchronous one leaves a process behind that waits for more, for as long as the server runs.
  const result = buildSync({
    entryPoints: [fileURLToPath(new URL('./guest/guest.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    external: ['node:async_hooks', `./${EXTENSION_MODULE}`],
    legalComments: 'none',
  })
  const file = result.outputFiles[0]
  if (file === undefined) throw new Error('The bundler gave no output for the guest program.')
  return file.text
}
