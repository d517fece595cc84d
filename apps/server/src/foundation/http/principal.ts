/** What a call token was made for (api.md 1.8). */
export interface CallClaims {
  readonly appId: string
  readonly userId: string
  readonly toolType: 'skeleton' | 'panel' | 'tool' | 'chat_fn'
}

/** Who sends a request, after authentication. Role and scopes are those of the identity store, not of the token. */
export interface Principal {
  readonly kind: 'user' | 'service'
  /** The user that the request acts for; null for a service without an acting user. */
  readonly userId: string | null
  readonly tenantId: string
  readonly agencyId: string | null
  readonly email: string | null
  readonly role: string
  /** Effective scopes without the app namespaces of installs (the kernel adds those). */
  readonly scopes: readonly string[]
  /** What the credential itself allows (an API key); absent: everything that its user may. A call needs both. */
  readonly limitedTo?: readonly string[] | undefined
  readonly sessionId: string | null
  /** The user's API key that came with the request; absent for other credentials. */
  readonly keyId?: string | undefined
  readonly credential: 'jwt' | 'api_key' | 'service_token' | 'stream_ticket' | 'registry_key' | 'app_key'
  /** The one app that an `app_key` opens, and the user whose app it is; such a caller is nobody anywhere else. */
  readonly appKey?:
    | { readonly appId: string; readonly scope: 'full' | 'readonly'; readonly owner: Principal | null }
    | undefined
  /** The apps through which a user's request came, the one that was called first; absent when it came through none. */
  readonly throughApps?: readonly string[] | undefined
  /** The request is part of a call to which its user agreed at the panel, argument by argument. */
  readonly agreedAtPanel?: boolean | undefined
  /** What the user agreed to there moves money: for this request alone, its app may do what else only the panel does. */
  readonly releasesMoney?: boolean | undefined
  readonly tokenUse: 'cli' | null
  readonly isDeveloper: boolean
}
