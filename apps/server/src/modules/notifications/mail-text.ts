import type { Notification } from './types.ts'

/** Only addresses of the web and pages of the panel become links; anything else an app wrote is left out. */
function linkOf(link: string | null, publicUrl: string): string | null {
  if (link === null) return null
  if (link.startsWith('/') && !link.startsWith('//')) return `${publicUrl}${link}`
  return /^https?:\/\//.test(link) && URL.canParse(link) ? link : null
}

/** Plain text of a notification mail. */
export function mailText(notification: Notification, publicUrl: string): string {
  const parts = [notification.body || notification.message, linkOf(notification.link, publicUrl)]
  const sender = notification.appId === null ? '' : ` from the app "${notification.appId}"`
  return `${parts.filter((part) => part !== null && part !== '').join('\n\n')}\n\n--\nA notification${sender} at ${publicUrl}\n`
}
