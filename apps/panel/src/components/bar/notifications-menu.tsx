import type { NotificationWire } from '@imperal/contract'
import { Button, EmptyState, IconGlyph, Popover } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApps } from '../../data/apps.ts'
import { go } from '../../data/navigation.ts'
import { markRead, notificationsQuery, safeLink } from '../../data/notifications.ts'
import { t } from '../../i18n/index.ts'
import { TimeText } from '../time-text.tsx'

/** The bell: how many notices are unread, and the latest fifty. */
export function NotificationsMenu() {
  const [open, setOpen] = useState(false)
  const { data } = useQuery(notificationsQuery)
  const unread = data?.unread_count ?? 0
  const name = unread === 0 ? t('Notifications') : t('Notifications, {n} unread', { n: unread })
  return (
    <Popover
      className="popover"
      label={t('Notifications')}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className="bar-button" aria-label={name} title={name}>
          <IconGlyph name="Bell" size={16} />
          {unread > 0 ? <span aria-hidden className="unread-dot" /> : null}
        </button>
      }
    >
      <div className="popover-head">
        <h2>{t('Notifications')}</h2>
        {unread > 0 ? (
          <Button size="sm" variant="ghost" onClick={() => void markRead({ all: true })}>
            {t('Mark all as read')}
          </Button>
        ) : null}
      </div>
      {data && data.notifications.length > 0 ? (
        <ul className="notices">
          {data.notifications.map((notice) => (
            <Notice key={notice.id} notice={notice} onClose={() => setOpen(false)} />
          ))}
        </ul>
      ) : (
        <EmptyState icon="Bell" message={t('Nothing to tell yet')}>
          {t('What your apps want you to know appears here.')}
        </EmptyState>
      )}
    </Popover>
  )
}

function Notice({ notice, onClose }: { readonly notice: NotificationWire; readonly onClose: () => void }) {
  const app = useApps().find((one) => one.appId === notice.extension_id)
  const text = notice.body || notice.message
  const path = safeLink(notice.link)
  const open = () => {
    if (!notice.read) void markRead({ ids: [notice.id] })
    if (path === null) return
    onClose()
    go(path)
  }
  return (
    <li>
      <button type="button" className="notice" data-unread={!notice.read} onClick={open}>
        <span className="notice-title">{notice.title || text}</span>
        <TimeText value={notice.created_at} />
        {notice.title && notice.title !== text ? <span className="notice-text">{text}</span> : null}
        <span className="notice-app">
          {app?.name ?? notice.extension_id ?? 'Imperal'}
          {notice.read ? null : <span className="im-hidden">, {t('unread')}</span>}
        </span>
      </button>
    </li>
  )
}
