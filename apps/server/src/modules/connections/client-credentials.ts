import { clientSecretNames } from '@imperal/contract'
import { appScope, declarationsOf, type Secrets } from '../secrets/index.ts'
import { connectionsErrors } from './errors.ts'
import type { ConnectableApp } from './types.ts'

export interface Client {
  readonly id: string
  /** Empty for an app that is a public client: PKCE stands in. */
  readonly secret: string
}

/** The provider's declaration in the deployed manifest. @throws CONNECTIONS_NOT_DECLARED */
export function declaredProvider({ manifest }: ConnectableApp, provider: string) {
  const found = manifest.oauth?.find((entry) => entry.provider === provider)
  if (found === undefined) throw connectionsErrors.NOT_DECLARED({ provider: provider.slice(0, 64) })
  return found
}

/** Client id and secret of the app at a provider, read by the platform. @throws CONNECTIONS_NOT_SET_UP */
export async function clientOf(secrets: Secrets, app: ConnectableApp, provider: string): Promise<Client> {
  const declared = declarationsOf(app.manifest).filter(({ scope }) => scope === 'app')
  const names = clientSecretNames(provider)
  const scope = appScope(app.appId, { tenantId: app.ownerTenantId })
  const read = async (name: string): Promise<string> =>
    declared.some((secret) => secret.name === name)
      ? ((await secrets.get(scope, declared, name, 'platform')) ?? '')
      : ''
  const [id, secret] = await Promise.all([read(names.id), read(names.secret)])
  if (id === '') throw connectionsErrors.NOT_SET_UP({ provider })
  return { id, secret }
}
