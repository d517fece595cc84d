import type { Configuration } from 'openid-client'
import type { IdentityContext } from '../context.ts'
import { identityErrors } from '../errors.ts'

/** The identity provider that the operator named. */
export interface OidcPolicy {
  readonly issuer: string
  readonly clientId: string
  /** Absent: the provider knows this client as public; the code is worth nothing without its verifier anyway. */
  readonly clientSecret?: string | undefined
  readonly scopes: string
  /** What the button says. */
  readonly name: string
  /** Where its users belong. */
  readonly tenantId: string
  /** Who is unknown gets an account. */
  readonly createAccounts: boolean
}

const FRESH_MS = 3_600_000

export interface OidcProvider {
  readonly policy: OidcPolicy
  /** What the provider publishes about itself; remembered for an hour. @throws IDENTITY_OIDC_UNAVAILABLE */
  configuration(): Promise<{ readonly library: typeof import('openid-client'); readonly configuration: Configuration }>
}

async function discover(policy: OidcPolicy) {
  // Loaded where it is used only: most installations have no such provider.
  const library = await import('openid-client')
  const authentication =
    policy.clientSecret === undefined ? library.None() : library.ClientSecretPost(policy.clientSecret)
  // The operator's own setting says whether the way to the provider is encrypted.
  const insecure = policy.issuer.startsWith('http://') ? [library.allowInsecureRequests] : []
  // The signature counts even though the token comes straight from the provider: there may be a proxy between.
  const execute = [...insecure, library.enableNonRepudiationChecks]
  const configuration = await library.discovery(new URL(policy.issuer), policy.clientId, undefined, authentication, {
    execute,
    timeout: 10,
  })
  return { library, configuration }
}

/** Asks the provider at the first sign-in, not at the start: an installation starts without it. */
export function openOidcProvider(context: IdentityContext, policy: OidcPolicy): OidcProvider {
  let known: { readonly until: number; readonly found: ReturnType<typeof discover> } | null = null
  return {
    policy,
    async configuration() {
      const now = context.clock.now()
      if (known === null || known.until <= now) known = { until: now + FRESH_MS, found: discover(policy) }
      try {
        return await known.found
      } catch (error) {
        known = null
        context.log.warn({ err: error, issuer: policy.issuer }, 'the identity provider does not answer')
        throw identityErrors.OIDC_UNAVAILABLE({}, error)
      }
    },
  }
}
