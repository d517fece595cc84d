import type { Manifest } from '@imperal/contract'
import { declarationsOf, type SecretDeclaration } from '../../secrets/index.ts'

type Split = Readonly<Record<'user' | 'app', readonly SecretDeclaration[]>>
const known = new WeakMap<Manifest, Split>()

function splitOf(manifest: Manifest): Split {
  let found = known.get(manifest)
  if (found === undefined) {
    const all = declarationsOf(manifest)
    found = { user: all.filter(({ scope }) => scope !== 'app'), app: all.filter(({ scope }) => scope === 'app') }
    known.set(manifest, found)
  }
  return found
}

/** The user's secrets that a version declares (K8.12). */
export const declaredSecrets = (manifest: Manifest): readonly SecretDeclaration[] => splitOf(manifest).user

/** Secrets that belong to the app as a whole: one value for everybody (K8.18). */
export const appSecrets = (manifest: Manifest): readonly SecretDeclaration[] => splitOf(manifest).app
