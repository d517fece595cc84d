import { type LlmConfig, type ModelTest, models, type RouteBodyInput } from '@imperal/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { announce } from '../../data/announce.ts'
import { api } from '../../data/api.ts'
import { chatStatusQuery } from '../../data/chat/status.ts'

export interface ModelsView {
  readonly config: LlmConfig
  readonly environment: {
    readonly provider?: string
    readonly model?: string
    readonly routing_model?: string
    readonly execution_model?: string
    readonly base_url?: string | null
    readonly has_key?: boolean
  }
}

const viewed = (answer: { config: Record<string, unknown>; environment: Record<string, unknown> }): ModelsView =>
  answer as unknown as ModelsView // the shape that the server keeps to, masked keys included

export const modelsQuery = queryOptions({
  queryKey: ['admin', 'models'],
  queryFn: async () => viewed(await api.send(models.readConfig)),
})

export type ModelsChange = RouteBodyInput<typeof models.changeConfig>

/** Saves a part of the settings; the answer is what the page shows from then on. */
export function useChangeModels() {
  const client = useQueryClient()
  return async (change: ModelsChange): Promise<ModelsView> => {
    const view = viewed(await api.send(models.changeConfig, { body: change }))
    client.setQueryData(modelsQuery.queryKey, view)
    void client.invalidateQueries({ queryKey: chatStatusQuery.queryKey })
    announce('Saved')
    return view
  }
}

type Tried = RouteBodyInput<typeof models.testModel>['config']

/** Asks a model for one word; `own`: as the signed-in person, with the own key. */
export const useModelTest = (own: boolean) =>
  useMutation<ModelTest, Error, Tried>({
    mutationFn: (config) => api.send(own ? models.ownTest : models.testModel, { body: { config } }),
    onSuccess: (test) => announce(test.ok ? 'The model answers' : 'The model does not answer'),
  })

export const usageQuery = (whose: 'own' | 'all', days: number) =>
  queryOptions({
    queryKey: ['models', 'usage', whose, days],
    queryFn: () => api.send(whose === 'own' ? models.ownUsage : models.usage, { query: { days } }),
  })
