import type { Digest } from './digest.ts'
import { secretsErrors } from './errors.ts'
import type { SecretDeclaration, SecretsUser } from './types.ts'

/** No declaration allows more (api 1.17). */
const HARD_LIMIT = 65_536

/** @throws SECRETS_NOT_DECLARED */
export function declarationOf(declared: readonly SecretDeclaration[], name: string): SecretDeclaration {
  const declaration = declared.find((entry) => entry.name === name)
  if (declaration === undefined) throw secretsErrors.NOT_DECLARED({ name: name.slice(0, 64) })
  return declaration
}

/** @throws SECRETS_WRITE_FORBIDDEN */
export function checkWriter(declaration: SecretDeclaration, by: SecretsUser): void {
  if (declaration.scope === 'app' && by === 'user') return // the owner, whoever else may write
  if (declaration.write_mode !== 'both' && declaration.write_mode !== by) {
    throw secretsErrors.WRITE_FORBIDDEN({ name: declaration.name, by, write_mode: declaration.write_mode })
  }
}

/** @throws SECRETS_TOO_LARGE */
export function checkSize(declaration: SecretDeclaration, digest: Digest): void {
  const limit = Math.min(declaration.max_bytes, HARD_LIMIT)
  if (digest.length > limit) {
    throw secretsErrors.TOO_LARGE({ name: declaration.name, length: digest.length, max_bytes: limit })
  }
}
