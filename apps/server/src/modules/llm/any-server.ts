import type { JsonObject } from '@imperal/contract'

const MOST_REMEMBERED = 100
/** Places whose server refused the members that keep a model from thinking, the one learnt first at the front. */
const refusing = new Set<string>()

function remember(place: string): void {
  refusing.add(place)
  const [oldest] = refusing
  if (refusing.size > MOST_REMEMBERED && oldest !== undefined) refusing.delete(oldest)
}

/** A request body without those members; null: it has none of them. */
function thinkingLeftToModel(body: unknown): string | null {
  if (typeof body !== 'string') return null
  const { think, reasoning_effort, ...rest } = JSON.parse(body) as JsonObject
  return think === undefined && reasoning_effort === undefined ? null : JSON.stringify(rest)
}

/**
 * Requests to a server that may know nothing of thinking: one that refuses them as wrong is asked once more without the members
 * that forbid it, and never given them again when that helped.
 */
export function toServerOfAnyKind(baseUrl: string, model: string, doFetch: typeof fetch): typeof fetch {
  const place = `${baseUrl} ${model}`
  return async (input, init) => {
    const plain = thinkingLeftToModel(init?.body)
    if (plain === null) return doFetch(input, init)
    const again = () => doFetch(input, { ...init, body: plain })
    if (refusing.has(place)) return again()
    const first = await doFetch(input, init)
    if (first.status !== 400 && first.status !== 422) return first
    await first.body?.cancel()
    const second = await again()
    if (second.ok) remember(place)
    return second
  }
}
