import type { Manifest, ManifestSecret } from '@imperal/contract'
import type { SecretDeclaration } from '../../secrets/index.ts'

const toDeclaration = (secret: ManifestSecret): SecretDeclaration => ({
  name: secret.name,
  description: secret.description,
  required: secret.required,
  write_mode: secret.write_mode,
  max_bytes: secret.max_bytes,
  ...(secret.rotation_hint_days === undefined ? {} : { rotation_hint_days: secret.rotation_hint_days }),
})

const known = new WeakMap<Manifest, readonly SecretDeclaration[]>()

/** The user's secrets that a version declares; the deployed manifest is the only source (K8.12). */
export function declaredSecrets(manifest: Manifest): readonly SecretDeclaration[] {
  let found = known.get(manifest)
  if (found === undefined) {
    found = (manifest.secrets ?? []).filter((secret) => secret.scope !== 'app').map(toDeclaration)
    known.set(manifest, found)
  }
  return found
}

/** Names that belong to the app as a whole: one value for everybody (K8.18). */
export const appSecrets = (manifest: Manifest): readonly SecretDeclaration[] =>
  (manifest.secrets ?? []).filter((secret) => secret.scope === 'app').map(toDeclaration)

/** Owner of app-wide values in the secrets module. */
export const APP_SECRETS_USER = '__app__'
