import { type CallResponse, type Confirmation, confirmations } from '@imperal/contract'
import { newId } from '@imperal/ui-kit'
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { findApp } from './apps.ts'
import { queryClient } from './query-client.ts'
import { rootsReady } from './roots.ts'
import { createStore } from './store.ts'
import { respond } from './workspace/respond.ts'

// Another page that confirms the same card is another request, and hears that the card was used (kernel 18, scenario 2).
const THIS_PAGE = newId()

/** One stored decision of the person. */
export const confirmationQuery = (id: string) =>
  queryOptions({
    queryKey: ['confirmation', id],
    queryFn: () => api.send(confirmations.get, { params: { confirmation_id: id } }),
    staleTime: 5_000,
  })

/** Decisions that wait for the person, wherever they came from. */
export const waitingQuery = queryOptions({
  queryKey: ['confirmation', 'waiting'],
  queryFn: async () => (await api.send(confirmations.active)).confirmations,
  staleTime: 30_000,
})

/** Waiting decisions that the person brought into view; they stay until put away, to tell how they ended. */
export const opened = createStore<readonly string[]>([])

/** Lets the stored call run, and acts on its answer as on any other; the card itself tells the outcome. @throws ApiError */
export async function acceptStored(stored: Confirmation): Promise<void> {
  const id = stored.confirmation_id
  try {
    const { results } = await api.send(confirmations.confirm, {
      params: { confirmation_id: id },
      body: {},
      idempotencyKey: `confirm-${id}-${THIS_PAGE}`,
    })
    await rootsReady()
    stored.items.forEach((item, index) => {
      const response: CallResponse | undefined = results[index]
      const app = findApp(item.app_id)
      if (!app || !response) return
      respond({ app, function: item.tool, params: item.args_masked, response, durationMs: 0, tell: false })
    })
  } finally {
    await queryClient.invalidateQueries({ queryKey: ['confirmation', id] })
  }
}

/** Refuses the stored call; nothing runs. @throws ApiError */
export async function declineStored(id: string): Promise<void> {
  try {
    await api.send(confirmations.cancel, { params: { confirmation_id: id }, body: {} })
  } finally {
    await queryClient.invalidateQueries({ queryKey: ['confirmation', id] })
  }
}
