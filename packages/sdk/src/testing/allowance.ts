import { portError } from './port-error.ts'

type Resource = 'writes' | 'messages' | 'completions' | 'events'

/** What one call may use of the platform; a test of the figures holds them equal to the platform's own. */
export const PER_CALL: Readonly<Record<Resource, number>> = {
  writes: 5_000,
  messages: 50,
  completions: 50,
  events: 200,
}

const USES: Readonly<Record<string, Resource>> = {
  'store.create': 'writes',
  'store.update': 'writes',
  'store.set': 'writes',
  'store.delete': 'writes',
  'notify.send': 'messages',
  'chat.deliver': 'messages',
  'ai.complete': 'completions',
  'ai.stream': 'completions',
  'llm.create_message': 'completions',
  'extensions.emit': 'events',
}

/** Counts the uses of one call. @throws QuotaExceededError, as the wire has it, for one too many */
export function createAllowance(): (client: string, method: string) => void {
  const used = new Map<Resource, number>()
  return (client, method) => {
    const resource = USES[`${client}.${method}`]
    if (resource === undefined) return
    const count = (used.get(resource) ?? 0) + 1
    const limit = PER_CALL[resource]
    if (count > limit)
      throw portError('quota_exceeded', `Quota of ${resource} exceeded (limit ${limit})`, { resource, limit })
    used.set(resource, count)
  }
}
