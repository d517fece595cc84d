import type { KernelPort } from '@imperal/contract/guest-port'
import { createExtensions, type ExtensionsClient, unwrapBareValue } from '../clients/extensions.ts'
import { createTransport } from '../clients/transport.ts'
import { exposedResult } from '../port/results.ts'
import { isObject, type JsonObject, type JsonValue, type MaybePromise } from '../values/json.ts'
import type { Owner } from './memory-store.ts'
import { portError } from './port-error.ts'

/** What a method of another app gets beside its params: the way to further apps. */
export interface MockCallee {
  readonly extensions: ExtensionsClient
}
export type MockMethod = (params: JsonObject, ctx: MockCallee) => MaybePromise<unknown>

/** Calls that may go into one another below the first app. */
const MOST_NESTED = 6

/** Other apps of a test, with the methods that they expose. */
export class MemoryApps {
  readonly #methods = new Map<string, MockMethod>()
  readonly #portFor: (owner: Owner) => KernelPort

  constructor(portFor: (owner: Owner) => KernelPort) {
    this.#portFor = portFor
  }

  register(appId: string, method: string, handler: MockMethod): void {
    this.#methods.set(`${appId}.${method}`, handler)
  }

  async call(owner: Owner, [app, method, params]: readonly JsonValue[]): Promise<JsonValue> {
    const appId = String(app)
    const chain = [...(owner.chain ?? [owner.appId]), appId]
    refuseCycles(chain)
    const handler = this.#methods.get(`${appId}.${method}`)
    if (handler === undefined) throw this.#unknown(appId, String(method))
    const port = this.#portFor({ ...owner, appId, chain })
    const callee = { extensions: createExtensions(createTransport(port)) }
    const result = exposedResult(await handler(isObject(params) ? (params as JsonObject) : {}, callee))
    if (result.status === 'success') return unwrapBareValue(result.data ?? null)
    throw portError('extension_error', String(result.error), { app_id: appId })
  }

  /** As the platform says it when the app is there; an app of which the test registered nothing is its own mistake. */
  #unknown(appId: string, method: string): Error {
    const available = [...this.#methods.keys()]
      .filter((name) => name.startsWith(`${appId}.`))
      .map((name) => name.slice(appId.length + 1))
    if (available.length === 0) {
      return portError('extension_error', `The test registered no method of '${appId}'`, { app_id: appId })
    }
    const id = `${appId}.${method} (available: [${available.join(', ')}])`
    return portError('not_found', `method '${id}' not found`, { resource: 'method', id })
  }
}

function refuseCycles(chain: readonly string[]): void {
  const appId = chain.at(-1) ?? ''
  if (chain.indexOf(appId) < chain.length - 1)
    throw portError('circular_call_error', `Circular call detected: ${chain.join(' -> ')}`, { call_stack: [...chain] })
  if (chain.length - 1 > MOST_NESTED)
    throw portError('extension_error', `Calls between extensions go at most ${MOST_NESTED} deep.`, { app_id: appId })
}
