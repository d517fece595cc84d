import { createStore } from '../store.ts'

const KEY = 'imperal.used-forms'
/** As many forms as this browser keeps; older ones rest anyway, because their messages are from earlier. */
const MOST = 200

function read(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.map(String) : []
  } catch {
    // Storage is closed, or was written by hand: nothing is known of earlier visits.
    return []
  }
}

/** Forms of messages that were sent, oldest first. Only which ones: values and results may be private. */
export const usedForms = createStore<readonly string[]>(read())

/** Names one form of one message. */
export const formKey = (messageId: string, appId: string, name: string): string => `${messageId}/${appId}.${name}`

/** True when the form was sent here or in another window of this browser. */
export function wasUsed(key: string): boolean {
  if (!usedForms.get().includes(key) && read().includes(key)) usedForms.set((all) => [...all, key])
  return usedForms.get().includes(key)
}

/** Keeps that a form was sent, for a reload and for other windows. */
export function rememberUsed(key: string): void {
  const next = [...new Set([...read(), ...usedForms.get(), key])].slice(-MOST)
  usedForms.set(next)
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // Storage is full or closed; the form of an earlier visit rests without it, too.
  }
}
