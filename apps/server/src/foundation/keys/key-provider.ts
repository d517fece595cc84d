/** A data key under a key that the platform cannot export: only its provider opens it again. */
export interface WrappedKey {
  readonly wrapped: string
  /** `<scheme>:…`, the key that wrapped it. */
  readonly wrappedBy: string
}

/**
 * Holds the keys that lock all others (K8.10). Keys never leave it; data keys go in and come out.
 * Every method fails closed: what cannot be done, or cannot be trusted, is an error.
 */
export interface KeyProvider {
  readonly scheme: string
  /** Under the newest key. `context` must be given again to unwrap. */
  wrap(dataKey: Buffer, context: string): Promise<WrappedKey>
  /** @throws KEYS_FOREIGN, KEYS_FILE_UNUSABLE, KEYS_SERVICE_UNAVAILABLE */
  unwrap(key: WrappedKey, context: string): Promise<Buffer>
  /** The id of the key that `wrap` uses now. */
  currentKeyId(): Promise<string>
  /** Makes a new key for everything that is wrapped from now on; older ones go on unwrapping. Gives its id. */
  rotate(): Promise<string>
}

const schemeOf = (keyId: string): string => keyId.split(':', 1)[0] ?? ''

/** Wraps with the first provider and unwraps with whichever did it, so an installation can move from one to another. */
export function joinProviders(first: KeyProvider, ...others: readonly KeyProvider[]): KeyProvider {
  const all = [first, ...others]
  return {
    scheme: first.scheme,
    wrap: (dataKey, context) => first.wrap(dataKey, context),
    currentKeyId: () => first.currentKeyId(),
    rotate: () => first.rotate(),
    unwrap(key, context) {
      const provider = all.find(({ scheme }) => scheme === schemeOf(key.wrappedBy)) ?? first
      return provider.unwrap(key, context)
    },
  }
}
