import { restoredPosition } from '../outbox/index.ts'

/** By the name of the table; see `BackupRules`. */
export const KERNEL_INSTEAD: Readonly<Record<string, string>> = {
  'kernel.event_cursor': `select only_row, ${restoredPosition('c.position')} from kernel.event_cursor c`,
}

/**
 * Processes of another time are no nodes: what they left open ends like that of any node that is gone. And the time since
 * the last crash of a database is its own.
 */
export const KERNEL_LEFT_OUT = ['kernel.node', 'kernel.lifetime']
