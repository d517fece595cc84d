import type { ChatMessage } from '@imperal/contract'
import { IconButton, Menu, type MenuEntry } from '@imperal/ui-kit'
import { useApps } from '../../data/apps.ts'
import { contextMenuOf, runContribution } from '../../data/contributions.ts'
import { t } from '../../i18n/index.ts'

/** What apps offer to do with a message (ui 5.11); nothing where none of them offers anything. */
export function MessageMenu({ message }: { readonly message: ChatMessage }) {
  const entries = contextMenuOf('chat.message', useApps())
  if (entries.length === 0) return null
  const about = { message_id: message.message_id, text: message.text, role: message.role }
  const items = entries.flatMap(({ app, entry }, index): MenuEntry[] => {
    const before = entries[index - 1]
    const rule = before && (entry.separator_before || before.app !== app || before.entry.group !== entry.group)
    const key = `${app.appId}/${index}`
    return [
      ...(rule ? [{ key: `${key}/rule`, separator: true } as const] : []),
      {
        key,
        label: entry.label,
        ...(entry.icon === '' ? {} : { icon: entry.icon }),
        onSelect: () => void runContribution(app, entry.handler, about),
      },
    ]
  })
  return (
    <Menu items={items} align="start">
      <IconButton icon="Ellipsis" label={t('More for this message')} />
    </Menu>
  )
}
