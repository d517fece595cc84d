import type { ErrorKind } from '@imperal/contract'

type Details = Record<string, unknown>

interface ErrorEntry<D extends Details> {
  readonly kind: ErrorKind
  /** A full sentence for people: what happened and why. No stack, no class name, no secret. */
  readonly message: string | ((details: D) => string)
  /** What to do next. */
  readonly hint?: string
  /** Word in the `error` member of the HTTP body; derived from the kind when absent. */
  readonly wireCode?: string
  /** Object that replaces the sentence in `detail`, for clients that parse it (api.md 1.10). */
  readonly wireDetail?: (details: D) => unknown
}

/** A failure that a module reports on purpose. Everything else that is thrown counts as `internal`. */
export class PlatformError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly hint: string | undefined
  readonly details: Details
  readonly wireCode: string | undefined
  readonly wireDetail: unknown
  constructor(options: {
    code: string
    kind: ErrorKind
    message: string
    hint?: string | undefined
    details?: Details | undefined
    wireCode?: string | undefined
    wireDetail?: unknown
    cause?: unknown
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'PlatformError'
    this.code = options.code
    this.kind = options.kind
    this.hint = options.hint
    this.details = options.details ?? {}
    this.wireCode = options.wireCode
    this.wireDetail = options.wireDetail
  }
}

type Factory<E> = E extends ErrorEntry<infer D> ? (details?: D, cause?: unknown) => PlatformError : never
export type ErrorCatalog<T> = { readonly [K in keyof T]: Factory<T[K]> } & {
  readonly entries: ReadonlyMap<string, ErrorEntry<Details>>
}

const catalogs = new Map<string, ReadonlyMap<string, ErrorEntry<Details>>>()

/** Every catalog that a module declared, for the docs and the test that compares them with the routes. */
export const errorCatalogs = (): ReadonlyMap<string, ReadonlyMap<string, ErrorEntry<Details>>> => catalogs

/**
 * Declares the permanent error codes of one module. `defineErrors('REGISTRY', { APP_NOT_FOUND: {…} })` gives
 * `errors.APP_NOT_FOUND({ appId })`, whose code on the wire is `REGISTRY_APP_NOT_FOUND`.
 */
// biome-ignore lint/suspicious/noExplicitAny: the details type of each entry differs
export function defineErrors<T extends Record<string, ErrorEntry<any>>>(prefix: string, entries: T): ErrorCatalog<T> {
  const known = new Map<string, ErrorEntry<Details>>()
  const catalog: Record<string, unknown> = { entries: known }
  for (const [name, entry] of Object.entries(entries)) {
    const code = `${prefix}_${name}`
    known.set(code, entry)
    catalog[name] = (details: Details = {}, cause?: unknown) =>
      new PlatformError({
        code,
        kind: entry.kind,
        message: typeof entry.message === 'function' ? entry.message(details) : entry.message,
        hint: entry.hint,
        details,
        wireCode: entry.wireCode,
        wireDetail: entry.wireDetail?.(details),
        cause,
      })
  }
  catalogs.set(prefix, known)
  return catalog as ErrorCatalog<T>
}
