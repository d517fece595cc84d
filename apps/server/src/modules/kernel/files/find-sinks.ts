import type { ManifestFileSink } from '@imperal/contract'
import { type Callable, callablesOf } from '../catalog.ts'
import type { KernelParts } from '../parts.ts'
import type { KernelCaller } from '../types.ts'

/** A tool that takes a file, with what it may be called for. */
export interface Sink extends Callable {
  readonly sink: ManifestFileSink
}

/** Everything of a user's apps that takes files and that the user may call now (sdk.md 2.21). */
export async function sinksOf(parts: KernelParts, user: KernelCaller): Promise<Sink[]> {
  const callables = await callablesOf(parts, user)
  return callables.flatMap((one) => {
    const sink = one.use.version.manifest.file_sinks?.find(({ tool }) => tool === one.handler.functionName)
    return sink === undefined ? [] : [{ ...one, sink }]
  })
}
