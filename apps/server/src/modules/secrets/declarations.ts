import type { Manifest, ManifestSecret } from '@imperal/contract'
import type { SecretDeclaration } from './types.ts'

const toDeclaration = (secret: ManifestSecret): SecretDeclaration => ({
  name: secret.name,
  description: secret.description,
  required: secret.required,
  scope: secret.scope ?? 'user',
  write_mode: secret.write_mode,
  max_bytes: secret.max_bytes,
  ...(secret.rotation_hint_days === undefined ? {} : { rotation_hint_days: secret.rotation_hint_days }),
  ...(secret.env_fallback === undefined ? {} : { env_fallback: secret.env_fallback }),
})

const known = new WeakMap<Manifest, readonly SecretDeclaration[]>()

/** What a version declares, of both scopes; the deployed manifest is the only source (K8.12). */
export function declarationsOf(manifest: Manifest): readonly SecretDeclaration[] {
  let found = known.get(manifest)
  if (found === undefined) {
    found = (manifest.secrets ?? []).map(toDeclaration)
    known.set(manifest, found)
  }
  return found
}
