import { type CallResponse, ConfirmationCard, confirmations, runsAtRelease } from '@imperal/contract'
import { t } from '../i18n/index.ts'
import { api } from './api.ts'
import type { App } from './apps.ts'
import { failureOf } from './failures.ts'
import { createStore } from './store.ts'

/** What the stored call answered, and how long it took. */
export interface ConfirmedCall {
  readonly response: CallResponse
  readonly durationMs: number
}

/** A stored call of the kernel that waits for the word of the person in front of this window. */
export interface Question {
  readonly app: Pick<App, 'appId' | 'name' | 'icon'>
  readonly card: ConfirmationCard
  readonly phase: 'open' | 'running' | 'over'
  /** Accepting runs the call; of money that another program asked about it is only released. */
  readonly runsHere: boolean
  /** Why it is over without having run here, or why running it failed. */
  readonly note: string
  /** Receives the result of the call, or null when it did not run. */
  readonly resolve: (result: ConfirmedCall | null) => void
}

/** Questions in the order in which they came; the first one is shown. */
export const questions = createStore<readonly Question[]>([])

const update = (id: string, change: Partial<Question>) =>
  questions.set((all) => all.map((one) => (one.card.confirmation_id === id ? { ...one, ...change } : one)))

function drop(id: string, result: ConfirmedCall | null): void {
  const found = questions.get().find((one) => one.card.confirmation_id === id)
  questions.set((all) => all.filter((one) => one !== found))
  found?.resolve(result)
}

/** The card of an answer that stopped for a confirmation; null for every other answer. */
export function cardOf(response: CallResponse): ConfirmationCard | null {
  if (response.status !== 'error' || response.error_code !== 'CONFIRMATION_REQUIRED') return null
  const read = ConfirmationCard.safeParse((response.data as { confirmation?: unknown } | null)?.confirmation)
  return read.success ? read.data : null
}

/** Shows the question and waits for its end: the call's own result, or null when it did not run. */
export function askPerson(app: Question['app'], card: ConfirmationCard, runs = true): Promise<ConfirmedCall | null> {
  return new Promise((resolve) => {
    questions.set((all) => [...all, { app, card, phase: 'open', runsHere: runs, note: '', resolve }])
  })
}

/** Shows a decision that an address names: another program sent the person here (`?confirmation=…`). */
export async function askFromAddress(find: (appId: string) => Question['app'] | undefined): Promise<void> {
  const address = new URL(window.location.href)
  const id = address.searchParams.get('confirmation')
  if (id === null) return
  address.searchParams.delete('confirmation')
  window.history.replaceState(window.history.state, '', address.pathname + address.search + address.hash)
  const stored = await api.send(confirmations.get, { params: { confirmation_id: id } }).catch(() => null)
  if (stored?.status !== 'pending') return
  const app = find(stored.app_id) ?? { appId: stored.app_id, name: stored.app_id, icon: '' }
  const { title, summary, items, expires_at, kind } = stored
  const message = summary === title ? '' : summary
  await askPerson(
    app,
    { confirmation_id: id, title, message, items, expires_at, kind },
    kind === 'action' || runsAtRelease(stored.source),
  )
}

/** Runs the stored call; its result goes to whoever asked. */
export async function acceptQuestion(id: string): Promise<void> {
  update(id, { phase: 'running', note: '' })
  const began = performance.now()
  try {
    const { results } = await api.send(confirmations.confirm, {
      params: { confirmation_id: id },
      body: {},
      idempotencyKey: `confirm-${id}`,
    })
    const response = results[0]
    drop(id, response ? { response, durationMs: Math.round(performance.now() - began) } : null)
  } catch (error) {
    const failure = failureOf(error)
    update(id, { phase: failure.retryable ? 'open' : 'over', note: failure.message })
  }
}

/** Refuses it; nothing runs. The window closes at once, the server hears of it. */
export async function declineQuestion(id: string): Promise<void> {
  const phase = questions.get().find((one) => one.card.confirmation_id === id)?.phase
  drop(id, null)
  if (phase !== 'open') return
  await api.send(confirmations.cancel, { params: { confirmation_id: id }, body: {} }).catch(() => {
    // It expires by itself when the server cannot be told.
  })
}

const ENDED: Readonly<Record<string, string>> = {
  cancelled: t('This was declined somewhere else. Nothing was run.'),
  expired: t('The time to decide is over. Nothing was run.'),
  executed: t('This was confirmed somewhere else and has been run.'),
  confirmed: t('This was released somewhere else.'),
  failed: t('This was confirmed somewhere else, and the call failed.'),
}

/** A decision that was made elsewhere, or that nobody made in time. */
export function noteDecision(id: string, status: string): void {
  const open = questions.get().find((one) => one.card.confirmation_id === id && one.phase === 'open')
  const note = ENDED[status]
  if (open && note !== undefined) update(id, { phase: 'over', note })
}
