import { type Action, actions } from '@imperal/contract'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'

export const PER_PAGE = 50
export const KINDS = ['read', 'write', 'destructive'] as const

// What the platform does by itself to keep data fresh would bury what people and their rules did.
const WITHOUT_BACKGROUND = 'chat,panel,api,mcp,automation,schedule,webhook,ipc,event,lifecycle'
/** Choices of the filter by origin; the empty one leaves out background work. */
export const ORIGINS: Readonly<Record<string, { readonly words: string; readonly source: string }>> = {
  '': { words: t('Without background work'), source: WITHOUT_BACKGROUND },
  chat: { words: t('From chat'), source: 'chat' },
  panel: { words: t('From panels'), source: 'panel' },
  programs: { words: t('From programs'), source: 'api,mcp' },
  rules: { words: t('From schedules and rules'), source: 'schedule,automation,webhook,event' },
  all: { words: t('Everything'), source: '' },
}

export interface ActivityFilter {
  readonly app: string
  readonly kind: string
  readonly status: string
  readonly origin: string
  readonly search: string
  readonly page: number
}

/** The filter that an address describes. */
export function filterOf(query: URLSearchParams): ActivityFilter {
  const page = Number(query.get('page'))
  return {
    app: query.get('app') ?? '',
    kind: query.get('kind') ?? '',
    status: query.get('status') ?? '',
    origin: query.get('origin') ?? '',
    search: query.get('q') ?? '',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  }
}

const kindOf = (text: string) => KINDS.find((kind) => kind === text)

export const actionsQuery = (filter: ActivityFilter) => {
  const kind = kindOf(filter.kind)
  const source = ORIGINS[filter.origin]?.source ?? WITHOUT_BACKGROUND
  // Each look at an app draws its panels: one row each, none of which anybody asked for by name.
  const surfaces = filter.origin === 'all' || filter.search.startsWith('__') ? 'true' : 'false'
  return queryOptions({
    queryKey: ['actions', 'list', filter],
    queryFn: () =>
      api.send(actions.list, {
        query: {
          page: filter.page,
          per_page: PER_PAGE,
          surfaces,
          ...(filter.app === '' ? {} : { app_id: filter.app }),
          ...(kind === undefined ? {} : { action_type: kind }),
          ...(filter.status === '' ? {} : { status: filter.status }),
          ...(source === '' ? {} : { source }),
          ...(filter.search === '' ? {} : { search: filter.search }),
        },
      }),
    placeholderData: (before) => before,
    staleTime: 0,
  })
}

export const statsQuery = queryOptions({
  queryKey: ['actions', 'stats'],
  queryFn: () => api.send(actions.stats),
  staleTime: 0,
})

export const traceQuery = (traceId: string) =>
  queryOptions({
    queryKey: ['actions', 'trace', traceId],
    queryFn: () => api.send(actions.get, { params: { trace_id: traceId } }),
  })

interface State {
  readonly words: string
  readonly icon: string
  readonly tone: 'success' | 'danger' | 'warning' | 'neutral'
}

/** How a pass through the corridor ended, in words. */
export const STATES: Readonly<Record<Action['status'], State>> = {
  success: { words: t('done'), icon: 'Check', tone: 'success' },
  failed: { words: t('failed'), icon: 'X', tone: 'danger' },
  validation_rejected: { words: t('wrong arguments'), icon: 'X', tone: 'danger' },
  denied: { words: t('denied'), icon: 'ShieldX', tone: 'danger' },
  timed_out: { words: t('timed out'), icon: 'TimerOff', tone: 'danger' },
  unknown: { words: t('unknown'), icon: 'CircleHelp', tone: 'warning' },
  intercepted: { words: t('waited for you'), icon: 'Shield', tone: 'warning' },
  cancelled: { words: t('cancelled'), icon: 'Ban', tone: 'neutral' },
  skipped: { words: t('skipped'), icon: 'SkipForward', tone: 'neutral' },
}

const isSentence = (text: string) => text !== '' && !/^[[{]/.test(text)

/** What came of a call, in one sentence: the words of its result, or those of its state. What asked for it is no result. */
export const resultOf = (action: Action): string =>
  action.result_preview !== null && isSentence(action.result_preview)
    ? action.result_preview
    : stateOf(action.status).words

/** The state of a row; a status of a newer server is shown as it is. */
export const stateOf = (status: string): State =>
  (STATES as Readonly<Record<string, State>>)[status] ?? { words: status, icon: 'Circle', tone: 'neutral' }
