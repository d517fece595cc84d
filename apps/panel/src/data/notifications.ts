import { NotificationWire, notifications } from '@imperal/contract'
import { queryOptions } from '@tanstack/react-query'
import { t } from '../i18n/index.ts'
import { api } from './api.ts'
import { findApp } from './apps.ts'
import { go } from './navigation.ts'
import { queryClient } from './query-client.ts'
import { toasts } from './toasts.ts'

export const notificationsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: () => api.send(notifications.list, { query: { limit: 50 } }),
  staleTime: 60_000,
})

/** Marks notices as read, here at once and at the server. */
export async function markRead(which: { readonly ids: string[] } | { readonly all: true }): Promise<void> {
  queryClient.setQueryData(notificationsQuery.queryKey, (old) => {
    if (!old) return old
    const isMeant = (id: string) => 'all' in which || which.ids.includes(id)
    const list = old.notifications.map((one) => (isMeant(one.id) ? { ...one, read: true } : one))
    const unread =
      'all' in which
        ? 0
        : Math.max(0, old.unread_count - old.notifications.filter((one) => !one.read && isMeant(one.id)).length)
    return { notifications: list, unread_count: unread }
  })
  try {
    await api.send(notifications.read, { body: which })
  } finally {
    void queryClient.invalidateQueries({ queryKey: notificationsQuery.queryKey })
  }
}

/** A path of the shell, or null: notices may not lead anywhere else (ui 5.8). */
export const safeLink = (link: string | null): string | null =>
  link !== null && /^\/(?![/\\])[^\\]*$/.test(link) ? link : null

/** A `notification` of the event stream: counted, and shown at once when it is important. */
export function onNotification(payload: Readonly<Record<string, unknown>>): void {
  void queryClient.invalidateQueries({ queryKey: notificationsQuery.queryKey })
  const read = NotificationWire.partial({ read: true, created_at: true }).safeParse(payload)
  if (!read.success || (read.data.priority !== 'high' && read.data.priority !== 'urgent')) return
  const { title, body, message, priority, extension_id, link } = read.data
  const owner = extension_id ? (findApp(extension_id)?.name ?? extension_id) : undefined
  const path = safeLink(link)
  toasts.show({
    message: body || message,
    variant: 'warn',
    ...(title && title !== (body || message) ? { title } : {}),
    ...(owner ? { owner } : {}),
    ...(priority === 'urgent' ? { duration: 0 } : {}),
    ...(path ? { action: { label: t('Open'), run: () => go(path) } } : {}),
  })
}
