import type { CallResponse, JsonObject } from '@imperal/contract'

/** One function or tool that the page makes a form for. */
export interface TryFunction {
  readonly name: string
  readonly description: string
  readonly actionType: string
  /** JSON Schema of its parameters. */
  readonly schema: JsonObject
}

export interface TryPanel {
  readonly id: string
  readonly title: string
  readonly slot: string
}

/** What is live, as the page shows it. */
export interface TryState {
  readonly appId: string
  readonly name: string
  readonly version: string
  /** The app in the platform's own panel. */
  readonly address: string
  readonly functions: readonly TryFunction[]
  readonly panels: readonly TryPanel[]
}

/** Answer of `POST /call` and `POST /decide`; `milliseconds` is the whole way to the platform and back. */
export interface TryAnswer {
  readonly response: CallResponse
  readonly milliseconds: number
}

/** One message of `GET /log`: a deploy went live, or a line of the terminal's log. */
export type TryMessage =
  | { readonly kind: 'live'; readonly state: TryState }
  | { readonly kind: 'line'; readonly text: string }
