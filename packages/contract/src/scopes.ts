/** What a user, a role or a key may do: `resource:action`, `resource:*` or `*` (api.md 1.5, K3.3). */

const EXTENSIONS = 'extensions'

/** The canonical spelling: trimmed, lower-case, a colon between resource and action where an older dot stood. */
export function normalizeScope(scope: string): string {
  const text = scope.trim().toLowerCase()
  return text.includes(':') ? text : text.replace('.', ':')
}

/** Splits a list that people typed (blanks or commas), normalised and without repetitions. */
export function parseScopes(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(normalizeScope),
    ),
  ]
}

function present(granted: ReadonlySet<string>, required: string): boolean {
  if (granted.has(required)) return true
  const colon = required.indexOf(':')
  if (colon > 0) {
    if (granted.has(`${required.slice(0, colon)}:*`)) return true
    if (granted.has(`${EXTENSIONS}:${required.slice(colon + 1)}`)) return true
  } else if (granted.has(`${required}:*`)) {
    return true
  }
  if (granted.has(`${EXTENSIONS}:*`)) return true
  const dot = required.indexOf('.')
  return dot > 0 && granted.has(`${required.slice(0, dot)}.*`)
}

/**
 * The required scopes that nothing in `userScopes` covers; empty means allowed (K3.3). Nothing required, or only `*`,
 * is always allowed; `*`, `resource:*`, `extensions:<action>` and `extensions:*` cover what they name. A dotted
 * spelling counts like the colon spelling on both sides.
 */
export function missingScopes(userScopes: readonly string[], requiredScopes: readonly string[]): string[] {
  if (requiredScopes.length === 0 || (requiredScopes.length === 1 && requiredScopes[0] === '*')) return []
  if (userScopes.includes('*')) return []
  const exact = new Set(userScopes)
  const unmet = requiredScopes.filter((scope) => !present(exact, scope))
  if (unmet.length === 0) return unmet
  const canonical = new Set(userScopes.map(normalizeScope))
  return unmet.filter((scope) => !present(canonical, normalizeScope(scope)))
}

/** Whether `userScopes` covers one required scope. */
export const hasScope = (userScopes: readonly string[], required: string): boolean =>
  missingScopes(userScopes, [required]).length === 0

// As a grant, unlike as a requirement, `*` is everything: only `*` itself covers it.
const covers = (granted: readonly string[], scope: string): boolean =>
  scope === '*' ? granted.includes('*') : hasScope(granted, scope)

/** What both lists allow: each scope of one that the other covers. */
export function intersectScopes(left: readonly string[], right: readonly string[]): string[] {
  return [
    ...new Set([...left.filter((scope) => covers(right, scope)), ...right.filter((scope) => covers(left, scope))]),
  ]
}

/**
 * `scopes` without what `denied` covers. A wildcard that is wider than a denial stays, so whoever checks a call
 * asks `denied` as well: a required scope that `denied` covers is refused whatever was granted.
 */
export const withoutDenied = (scopes: readonly string[], denied: readonly string[]): string[] =>
  denied.length === 0 ? [...scopes] : scopes.filter((scope) => !covers(denied, scope))
