import type { JsonObject, JsonValue } from '@imperal/contract'
import type { CallAction, SendAction, UiConfirmation, UiNote } from '@imperal/contract/ui'

/** Where an action began: tells a host how to treat the answer and where errors belong (ui 3.6, 4.2). */
export interface ActionOrigin {
  /** `control` and `form` show their own error; `end_reached` wants the next page and nothing replaced. */
  readonly kind: 'control' | 'form' | 'row' | 'bulk' | 'drop' | 'cell' | 'overlay' | 'end_reached'
  /** Path of the node that fired, as in the parsed tree. */
  readonly nodePath: string
  /** Fresh for every gesture and the same for a retry of it: the idempotency key of the call. */
  readonly gestureId: string
}

/** Why an action failed, in words for people. */
export interface ActionFailure {
  readonly message: string
  readonly code?: string | undefined
  readonly retryable?: boolean | undefined
  /** Messages by `param_name`, shown on the fields of the form that was sent. */
  readonly fieldErrors?: Readonly<Record<string, string>> | undefined
}

/** What became of an action. `ui` is read only for `end_reached`: the wire tree with the next rows. */
export type ActionOutcome =
  | { readonly ok: true; readonly ui?: unknown; readonly data?: JsonValue | undefined }
  | { readonly ok: false; readonly error: ActionFailure }

export type RemoteImages = 'always' | 'ask' | 'never'
export type ToastVariant = 'info' | 'success' | 'warn' | 'error'

/** A message for the shell's toast region; `duration` in milliseconds, 0 stays. */
export interface UiToast {
  readonly message: string
  readonly title?: string | undefined
  readonly variant?: ToastVariant | undefined
  readonly duration?: number | undefined
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

/**
 * What the shell gives to a tree. The tree decides nothing about identity: app, user and tenant are the host's.
 * Confirmation texts of the tree have been accepted before `onAction` is called.
 */
export interface UiHost {
  readonly appId: string
  readonly appName?: string | undefined
  readonly appIcon?: string | undefined
  /** Draws a dashed box for unknown components and allows `http://localhost` for Open. */
  readonly development?: boolean | undefined
  /** Prefixes below `/v1/` that serve public files. */
  readonly publicPaths?: readonly string[] | undefined
  /**
   * Whether markup of apps loads pictures from elsewhere, as the person wants it (ui 4.11.6). Left open, a white sheet
   * such as a mail asks and everything else loads them.
   */
  readonly remoteImages?: RemoteImages | undefined
  /** Element that holds overlays of this app; the document body without one. */
  readonly overlayContainer?: HTMLElement | null | undefined
  /**
   * Runs a call or a chat message. `action.params` already hold `payload`, which is what the control added.
   * May reject; a rejection is shown as a failure.
   */
  onAction(action: CallAction | SendAction, payload: JsonObject, origin: ActionOrigin): Promise<ActionOutcome>
  navigate(path: string): void
  openExternal(url: string): void
  toast(toast: UiToast): void
  /** Asks before an action; without it the tree draws its own alert dialog. */
  confirm?(request: UiConfirmation): Promise<boolean>
  /** Receives what the parser changed, for the developer console. */
  report?(notes: readonly UiNote[]): void
}
