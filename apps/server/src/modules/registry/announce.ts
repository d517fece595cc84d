import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import type { UserKey } from './types.ts'

/** Channel on which every node hears of changes. */
export const CHANGED = 'registry.changed'

/** What travels in a notice. `u` and `t`: an install of that user changed; `h`: lifecycle hooks were added; `d`: the app and its installs are gone. */
export interface Notice {
  readonly a: string
  readonly t?: string
  readonly u?: string
  readonly h?: true
  readonly d?: true
}

const notify = (tx: Tx, notice: Notice) => sql`select pg_notify(${CHANGED}, ${JSON.stringify(notice)})`.execute(tx)

/** An app or one of its versions changed; nodes hear it when `tx` commits. */
export const noticeApp = (tx: Tx, appId: string) => notify(tx, { a: appId })

/** A version went live, and users have to be moved to it. */
export const noticePublished = (tx: Tx, appId: string) => notify(tx, { a: appId, h: true })

/** An app was deleted together with its installs. */
export const noticeDeleted = (tx: Tx, appId: string) => notify(tx, { a: appId, d: true })

/** An install changed; nodes hear it when `tx` commits. With `hooks`, lifecycle hooks of that user are due. */
export const noticeInstall = (tx: Tx, about: { user: UserKey; appId: string; hooks: boolean }) =>
  notify(tx, { a: about.appId, t: about.user.tenantId, u: about.user.userId, ...(about.hooks ? { h: true } : {}) })

/** Null for `''` (notices may have been missed) and for anything unreadable. */
export function readNotice(payload: string): Notice | null {
  if (payload === '') return null
  const value: unknown = JSON.parse(payload)
  return typeof value === 'object' && value !== null && 'a' in value ? (value as Notice) : null
}
