import type { CodingStatus, ParkedReason } from '@imperal/contract'

/** Where a session stands (api.md 5.10): its status, and why it stands still. */
export type SessionState = 'idle' | 'running' | `parked(${ParkedReason})`

/** What happens to a session. */
export type SessionAction =
  | 'begin'
  | 'ask'
  | 'answer'
  | 'run_out'
  | 'go_offline'
  | 'come_back'
  | 'finish'
  | 'cancel'
  | 'give_up'

type Row = Partial<Record<SessionAction, SessionState>>

/** `idle -> running -> parked(consent | out_of_credits | terminal offline) -> running -> idle`; what is not here cannot happen. */
export const TRANSITIONS: Readonly<Record<SessionState, Row>> = {
  idle: { begin: 'running' },
  running: {
    ask: 'parked(consent)',
    run_out: 'parked(out_of_credits)',
    go_offline: 'parked(terminal_offline)',
    finish: 'idle',
    cancel: 'idle',
  },
  'parked(consent)': { answer: 'running', cancel: 'idle', give_up: 'idle' },
  // Its turn is over; a new one begins when there are credits again.
  'parked(out_of_credits)': { begin: 'running', cancel: 'idle' },
  'parked(terminal_offline)': { come_back: 'running', cancel: 'idle', give_up: 'idle' },
}

export const stateOf = (row: {
  readonly status: CodingStatus
  readonly parked_reason: ParkedReason | null
}): SessionState => (row.status === 'parked' ? `parked(${row.parked_reason ?? 'consent'})` : row.status)

/** The state after an action; null: it cannot happen now. */
export const after = (state: SessionState, action: SessionAction): SessionState | null =>
  TRANSITIONS[state][action] ?? null

/** The columns of a state. */
export function columnsOf(state: SessionState): { status: CodingStatus; parked_reason: ParkedReason | null } {
  const reason = /^parked\((\w+)\)$/.exec(state)?.[1]
  if (reason !== undefined) return { status: 'parked', parked_reason: reason as ParkedReason } // the only names in the type
  return { status: state as 'idle' | 'running', parked_reason: null } // the other two
}
