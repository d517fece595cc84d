import type { JsonObject, Manifest, OAuthEndpoints, OAuthProviderName } from '@imperal/contract'
import type { Writer } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'

/** An app as its connections know it. */
export interface ConnectableApp {
  readonly appId: string
  readonly ownerTenantId: string
  readonly manifest: Manifest
}

export interface RefreshRequest {
  readonly provider: string
  readonly collection: string
  readonly accountId: string
  /** What the app has in hand; the stored account wins when there is one. */
  readonly account: JsonObject
  /** Renew although the token looks good: a provider refused it. */
  readonly force: boolean
  /** Seconds before its end at which a token counts as old. */
  readonly skew: number
}

export interface RefreshedTokens {
  readonly access_token: string
  /** Unix seconds. */
  readonly expires_at: number
  readonly refresh_token: string | null
}

export type Endpoints = Readonly<Record<OAuthProviderName, OAuthEndpoints>>

/** Accounts that users connect at other services. */
export interface Connections {
  /** Address of the consent page, for one user, once, within ten minutes. @throws CONNECTIONS_NOT_DECLARED, CONNECTIONS_NOT_SET_UP */
  authorizeUrl(
    who: StoreScope,
    app: ConnectableApp,
    ask: { readonly provider: string; readonly loginHint: string | null },
  ): Promise<string>
  /**
   * Tokens that are good now; renewed and kept when they are not. Whoever asks at the same moment gets the same ones, and
   * a rotated refresh token is never used twice.
   * @throws CONNECTIONS_REFRESH_FAILED {reconnect_required, status_code}
   */
  refresh(writer: Writer, who: StoreScope, app: ConnectableApp, request: RefreshRequest): Promise<RefreshedTokens>
  /** Addresses of the accounts that a user has connected, in lower case; none when there is nothing. */
  emailsOf(user: { readonly tenantId: string; readonly userId: string }): Promise<string[]>
  /** Users of the tenant who have connected this account through the app; none when it is no account here. */
  usersOf(app: { readonly tenantId: string; readonly appId: string }, accountId: string): Promise<string[]>
  /** Seals tokens before they are stored, when the collection is one of accounts. */
  seal(app: ConnectableApp, scope: Pick<StoreScope, 'tenantId'>, collection: string, data: JsonObject): JsonObject
  /** The other way. A token that cannot be opened is left out: the account then has to be connected again. */
  open(app: ConnectableApp, scope: Pick<StoreScope, 'tenantId'>, collection: string, data: JsonObject): JsonObject
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}
