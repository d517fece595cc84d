import { EXTENSION_PORT, type ExtensionPort } from '@imperal/contract/guest-port'
import { MAX_RESULT_BYTES } from '@imperal/contract/host-limits'
import { encode } from './encode.ts'
import { keysOf, stringify } from './intrinsics.ts'
import { ownErrorText } from './wire-error.ts'

const ABSENT =
  'The bundle exports no extension. Export the object that `new Extension(…)` made, by default or as `ext`.'

function portOf(candidate: unknown): ExtensionPort | null {
  if ((typeof candidate !== 'object' && typeof candidate !== 'function') || candidate === null) return null
  const port = (candidate as Record<symbol, unknown>)[EXTENSION_PORT] as ExtensionPort | undefined
  if (typeof port !== 'object' || port === null || typeof port.invoke !== 'function') return null
  return typeof port.appId === 'string' && typeof port.version === 'string' ? port : null
}

/** The first export of the bundle that carries the port; `default` and `ext` before all others. */
export function findPort(module: Record<string, unknown>): ExtensionPort | null {
  const first = portOf(module.default) ?? portOf(module.ext)
  if (first !== null) return first
  const names = keysOf(module)
  for (let at = 0; at < names.length; at++) {
    const port = portOf(module[names[at] as string])
    if (port !== null) return port
  }
  return null
}

const readyText = (appId: string, version: string, rest: string): string =>
  `{"t":"ready","app_id":${stringify(appId)},"version":${stringify(version)},${rest}}`

/** The `ready` frame of a module that could not be loaded. */
export const failedText = (errorText: string): string => readyText('', '', `"manifest":{},"error":${errorText}`)

/**
 * The `ready` frame of a loaded module: what its code declares, or why it cannot be used. Putting a manifest together
 * takes longer than everything else at a start, so it is empty unless `described`.
 */
export function readyFrame(port: ExtensionPort | null, described: boolean): string {
  if (port === null) return failedText(ownErrorText('ExtensionError', 'extension_missing', ABSENT))
  const manifest = encode(described ? port.manifest() : {}, MAX_RESULT_BYTES)
  if ('text' in manifest) return readyText(port.appId, port.version, `"manifest":${manifest.text}`)
  const message = `The manifest that the code declares ${manifest.reason}.`
  return failedText(ownErrorText('ExtensionError', 'manifest_invalid', message))
}
