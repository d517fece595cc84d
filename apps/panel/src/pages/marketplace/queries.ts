import { type AppCard, marketplace, meExtensions } from '@imperal/contract'
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { announce } from '../../data/announce.ts'
import { api } from '../../data/api.ts'
import { appsQuery, rereadApps } from '../../data/apps.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'

const KEY = 'marketplace'
const PAGE = 24

export const SORTS = [
  { value: 'actions', label: t('Most used') },
  { value: 'installs', label: t('Most installed') },
  { value: 'newest', label: t('Newest') },
  { value: 'name', label: t('Name') },
] as const
export type Sort = (typeof SORTS)[number]['value']
export const sortOf = (wanted: string | null): Sort => SORTS.find(({ value }) => value === wanted)?.value ?? 'actions'

export interface Filter {
  readonly search: string
  readonly category: string
  readonly sort: Sort
}

interface Page {
  readonly cards: readonly AppCard[]
  readonly total: number
}

async function readPage(filter: Filter, offset: number): Promise<Page> {
  const response = await api.raw(marketplace.browse, { query: { ...filter, limit: PAGE, offset } })
  const cards = (await response.json()) as AppCard[]
  return { cards, total: Number(response.headers.get('x-total-count') ?? cards.length) }
}

/** Published apps, page after page. */
export const browseQuery = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'browse', filter],
    queryFn: ({ pageParam }) => readPage(filter, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((sum, page) => sum + page.cards.length, 0)
      return last.cards.length > 0 && seen < last.total ? seen : undefined
    },
    placeholderData: (before) => before,
  })

export const categoriesQuery = queryOptions({
  queryKey: [KEY, 'categories'],
  queryFn: () => api.send(marketplace.categories),
})

export const featuredQuery = queryOptions({
  queryKey: [KEY, 'featured'],
  queryFn: async () => (await api.send(marketplace.featured, { query: { limit: 6 } })).filter((card) => card.featured),
})

export const detailQuery = (appId: string) =>
  queryOptions({
    queryKey: [KEY, 'app', appId],
    queryFn: () => api.send(marketplace.detail, { params: { app_id: appId } }),
  })

const REVIEWS = 20

/** What people say of an app, the most helpful first, page after page. */
export const reviewsQuery = (appId: string) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'reviews', appId],
    queryFn: ({ pageParam }) =>
      api.send(marketplace.reviews, { params: { app_id: appId }, query: { page: pageParam, per_page: REVIEWS } }),
    initialPageParam: 1,
    getNextPageParam: ({ page, total }) => (page * REVIEWS < total ? page + 1 : undefined),
  })

/** Apps of the signed-in person with everything that the server says of them. */
export const ownedQuery = queryOptions({
  queryKey: [...appsQuery.queryKey, 'whole'],
  queryFn: () => api.send(meExtensions.list),
})

interface Named {
  readonly app_id: string
  readonly display_name: string
}

/** Installs, uninstalls and switches apps; rail, lists and pages follow. */
export function useAppChange(app: Named) {
  const client = useQueryClient()
  const params = { app_id: app.app_id }
  const settled = () => Promise.all([client.invalidateQueries({ queryKey: [KEY] }), rereadApps()])
  const said = (message: string) => {
    announce(message)
    toasts.show({ message, variant: 'success' })
  }
  const failed = (title: string) => (error: unknown) => {
    toasts.show({ title, message: failureOf(error).message, variant: 'error' })
  }
  return {
    install: useMutation({
      mutationFn: () => api.send(marketplace.install, { params }),
      onSuccess: async () => {
        await settled()
        said(t('{name} is installed', { name: app.display_name }))
      },
      onError: failed(t('{name} was not installed', { name: app.display_name })),
    }),
    uninstall: useMutation({
      mutationFn: () => api.send(marketplace.uninstall, { params }),
      onSuccess: async () => {
        await settled()
        said(t('{name} is uninstalled', { name: app.display_name }))
      },
    }),
    switchTo: useMutation({
      mutationFn: async (on: boolean) => {
        if (on) await api.send(meExtensions.enable, { params })
        else await api.send(meExtensions.disable, { body: params })
      },
      onSuccess: settled,
      onError: failed(t('{name} was not switched', { name: app.display_name })),
    }),
  }
}
