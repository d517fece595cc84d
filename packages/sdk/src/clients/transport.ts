import type { KernelPort } from '@imperal/contract/guest-port'
import type { HOST_CLIENTS, HostClient } from '@imperal/contract/host-clients'
import type { JsonValue } from '@imperal/contract/json'
import { reviveError } from '../errors-wire.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** How a client reaches the kernel. The real context, the mock context and every re-scoped one differ only in this. */
export interface Transport {
  /** Sends one callback of the contract's table; rejects with an SDK error. */
  call<C extends HostClient>(
    client: C,
    method: (typeof HOST_CLIENTS)[C][number],
    ...args: JsonValue[]
  ): Promise<JsonValue>
  log(level: LogLevel, text: string): void
  /** The same kernel, in the name of another user. */
  forUser(userId: string): Transport
}

export function createTransport(port: KernelPort, asUser?: string): Transport {
  return {
    call: (client, method, ...args) =>
      port.callback(client, method, args, asUser).catch((error: unknown) => {
        throw reviveError(error, client)
      }),
    log: (level, text) => port.log(level, text),
    forUser: (userId) => createTransport(port, userId),
  }
}

/** What people may read of a failure in a log line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
