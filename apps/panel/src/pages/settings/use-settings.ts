import { me, type RouteBodyInput } from '@imperal/contract'
import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { announce } from '../../data/announce.ts'
import { api } from '../../data/api.ts'
import { chatStatusQuery } from '../../data/chat/status.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'

type Change = RouteBodyInput<typeof me.updateSettings>
const patch = (body: Change) => api.send(me.updateSettings, { body })

export type Channel = 'bell' | 'telegram' | 'email'

/** The settings that these pages show; the server sends more. */
export interface Settings {
  readonly confirmation_enabled: boolean
  readonly confirmation_skip_read: boolean
  readonly confirmation_actions: { readonly write?: boolean; readonly destructive?: boolean; readonly all?: boolean }
  readonly confirmation_overrides: Readonly<Record<string, boolean>>
  readonly confirmation_ttl: number | null
  readonly role_confirmation_policy: 'enforced' | 'disabled' | 'default_on' | 'default_off'
  readonly notifications: {
    readonly enabled: boolean
    readonly default: readonly Channel[]
    readonly apps: Readonly<Record<string, readonly Channel[] | 'off'>>
  }
  readonly timezone: string | null
  readonly language: string | null
  readonly llm: OwnModel | null
}

export interface OwnModel {
  readonly provider: 'anthropic' | 'openai' | 'google' | 'openai_compatible'
  readonly model: string
  readonly routing_model?: string | null
  readonly execution_model?: string | null
  readonly navigate_model?: string | null
  readonly base_url?: string | null
  readonly byollm_fallback?: 'platform' | 'error'
  readonly has_key: boolean
}

const read = (answer: { readonly settings: Record<string, unknown> }): Settings =>
  answer.settings as unknown as Settings // resolved on the server: every member is there

export const settingsQuery = queryOptions({
  queryKey: ['me', 'settings'],
  queryFn: async () => read(await api.send(me.settings)),
})

function keep(client: QueryClient, change: Change, settings: Settings): void {
  client.setQueryData(settingsQuery.queryKey, settings)
  // With another model of their own, whether one answers may have changed.
  if (change.llm !== undefined) void client.invalidateQueries({ queryKey: chatStatusQuery.queryKey })
}

/** Changes some settings; the answer is what everybody shows from then on. A refusal becomes a toast. */
export function useChangeSettings(said = t('Saved')) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (change: Change) => read(await patch(change)),
    onSuccess: (settings, change) => {
      keep(client, change, settings)
      announce(said)
    },
    onError: (error) => {
      toasts.show({ title: t('The setting was not changed'), message: failureOf(error).message, variant: 'error' })
    },
  })
}

/** The same for forms, which show refusals beside their fields. */
export function useSaveSettings() {
  const client = useQueryClient()
  return async (change: Change) => {
    keep(client, change, read(await patch(change)))
    announce(t('Saved'))
  }
}
