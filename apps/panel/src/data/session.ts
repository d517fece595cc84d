import { createClient } from '@imperal/client'
import { auth } from '@imperal/contract'
import { inOneTab } from './one-tab.ts'

export interface Tokens {
  readonly access: string
  readonly refresh: string
  /** Unix milliseconds at which the access token ends. */
  readonly expiresAt: number
}

const KEY = 'imperal.session'
const listeners = new Set<() => void>()
// A request that starts this close to the end of a token renews it first.
const EARLY_MS = 30_000

function read(): Tokens | null {
  try {
    const text = localStorage.getItem(KEY)
    const value: unknown = text === null ? null : JSON.parse(text)
    return value !== null && typeof value === 'object' && 'access' in value && 'refresh' in value
      ? (value as Tokens)
      : null
  } catch {
    return null
  }
}

let current = read()

function write(next: Tokens | null): void {
  current = next
  if (next === null) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, JSON.stringify(next))
  for (const listener of listeners) listener()
}

// Another tab signed in, out or renewed: its word counts here as well.
window.addEventListener('storage', (event) => {
  if (event.key !== KEY) return
  current = read()
  for (const listener of listeners) listener()
})

const plain = createClient({ baseUrl: '' })

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
export const currentSession = (): Tokens | null => current

export function startSession(answer: { access_token: string; refresh_token: string; expires_in: number }): void {
  write({
    access: answer.access_token,
    refresh: answer.refresh_token,
    expiresAt: Date.now() + answer.expires_in * 1000,
  })
}

export function endSession(): void {
  write(null)
}

async function renewOnce(): Promise<boolean> {
  const before = current
  if (!before) return false
  // Tabs share one refresh token: whoever gets the lock second finds a fresh pair in storage.
  return inOneTab('imperal.refresh', undefined, async () => {
    const stored = read()
    if (stored && stored.access !== before.access) {
      current = stored
      return true
    }
    try {
      startSession(await plain.send(auth.refresh, { body: { refresh_token: before.refresh } }))
      return true
    } catch (error) {
      // Only a clear verdict ends the session; trouble on the way does not sign anybody out.
      if ((error as { status?: number }).status === 401) write(null)
      return false
    }
  })
}

let renewing: Promise<boolean> | null = null
/** Gets a new access token; many callers share one request. False: signed out, or the server does not answer. */
export function renewSession(): Promise<boolean> {
  renewing ??= renewOnce().finally(() => {
    renewing = null
  })
  return renewing
}

/** The access token, renewed when it is about to end. */
export async function accessToken(): Promise<string | null> {
  if (current && current.expiresAt - Date.now() < EARLY_MS) await renewSession()
  return current?.access ?? null
}

export async function signOut(): Promise<void> {
  const session = current
  write(null)
  if (session) {
    const client = createClient({ baseUrl: '', token: () => session.access })
    // Signing out here must work without the server; it ends the session there when it can.
    await client.send(auth.logout, { body: { refresh_token: session.refresh } } as never).catch(() => undefined)
  }
}
