import type { HOST_CLIENTS, HostClient, JsonValue } from '@imperal/contract'
import type { CallbackArguments } from './arguments.ts'
import type { CallSession } from './session.ts'

/** One callback. `asUser` is what the author chose through `asUser` or `forUser`; each method decides whether it counts. */
export type ClientMethod = (
  session: CallSession,
  args: CallbackArguments,
  asUser: string | null,
) => Promise<JsonValue> | JsonValue

/** Exactly the methods that the contract lists for a client. */
export type ClientTable<Client extends HostClient> = Readonly<
  Record<(typeof HOST_CLIENTS)[Client][number], ClientMethod>
>
