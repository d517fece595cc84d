import { Button } from '@imperal/ui-kit'
import { chat } from '../../data/chat/state.ts'
import { confirmationQuery, opened, waitingQuery } from '../../data/confirmations.ts'
import { queryClient } from '../../data/query-client.ts'
import { useStore } from '../../data/store.ts'
import { t } from '../../i18n/index.ts'
import { ConfirmationCard } from './confirmation-card.tsx'

/** Brings every waiting decision into view and the keyboard to the first one. */
export function openWaiting(): void {
  const waiting = queryClient.getQueryData(waitingQuery.queryKey) ?? []
  for (const one of waiting) {
    // What is known of the card already is newer than or the same as the list.
    const { queryKey } = confirmationQuery(one.confirmation_id)
    queryClient.setQueryData(queryKey, (known) => known ?? one)
  }
  opened.set((ids) => [...new Set([...ids, ...waiting.map((one) => one.confirmation_id)])])
  const first = waiting[0]?.confirmation_id
  if (first === undefined) return
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`[data-confirmation="${CSS.escape(first)}"]`)?.focus()
  })
}

/** Decisions that were asked for elsewhere, or before this page was loaded; those of the conversation stand in it. */
export function WaitingConfirmations() {
  const ids = useStore(opened)
  const entries = useStore(chat, (state) => state.entries)
  const shown = ids.filter((id) => !entries.some(({ message }) => message.confirmation_id === id))
  if (shown.length === 0) return null
  const close = () => {
    opened.set([])
    document.getElementById('composer')?.focus()
  }
  return (
    <section aria-label={t('Waiting confirmations')}>
      {shown.map((id) => (
        <ConfirmationCard key={id} id={id} />
      ))}
      <Button size="sm" variant="ghost" onClick={close}>
        {t('Close')}
      </Button>
    </section>
  )
}
