import type { ExtensionPort, GuestCall, KernelPort } from '@imperal/contract/guest-port'
import { createTransport } from '../clients/transport.ts'
import { shapeOfKind } from '../context/availability.ts'
import { buildContext } from '../context/build.ts'
import type { Runtime } from '../context/runtime.ts'
import { withWireDetail } from '../errors-wire.ts'
import type { Registry } from '../extension/registry.ts'
import { inCall } from '../llm/call-scope.ts'
import { manifestFields } from '../manifest/generate.ts'
import { HANDLERS } from './handlers.ts'

/** Options that only the test kit sets. */
export interface RuntimeOptions {
  readonly now?: () => number
  readonly strictResults?: boolean
}

/** What stands behind the ctx of one call. */
export function runtimeOfCall(
  extension: Pick<Registry, 'contextDeclarations'>,
  call: GuestCall,
  kernel: KernelPort,
  options: RuntimeOptions = {},
): Runtime {
  const { kind, ctx: snapshot } = call
  const isUpgrade = kind === 'lifecycle' && snapshot.from_version !== undefined
  const transport = createTransport(kernel)
  return {
    kind,
    shape: isUpgrade ? 'upgrade' : shapeOfKind(kind),
    snapshot,
    get signal() {
      return call.signal // a host makes it for the first that asks
    },
    port: kernel,
    transport,
    shared: transport,
    actingFor: undefined,
    declarations: extension.contextDeclarations,
    now: options.now ?? Date.now,
    strictResults: options.strictResults ?? false,
  }
}

/** The port through which a host runs an extension. Errors leave with `name`, `code` and `detail`. */
export function createExtensionPort(extension: Registry, options?: RuntimeOptions): ExtensionPort {
  return {
    appId: extension.appId,
    version: extension.version,
    manifest: () => manifestFields(extension),
    invoke: async (call, kernel) => {
      const runtime = runtimeOfCall(extension, call, kernel, options)
      try {
        const invocation = { extension, call, runtime, ctx: buildContext(runtime) }
        return await inCall({ port: kernel, ctx: call.ctx }, () => HANDLERS[call.kind](invocation))
      } catch (error) {
        throw withWireDetail(error)
      }
    },
  }
}
