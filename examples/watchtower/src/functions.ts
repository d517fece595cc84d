import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { chat, ext, Looked, SiteAdded, SiteRemoved } from './extension.ts'
import { allSites, lookAt, MOST_SITES, nameOf, note, SiteSummary, sitesOf, summaryOf } from './sites.ts'

const SiteId = z.string().min(1).describe('Id from list_sites.')
const gone = () => ActionResult.error('This site is not watched any more.', { code: 'SITE_NOT_FOUND' })
const state = (up: boolean) => (up ? 'up' : 'down')

export const watchSite = chat.function(
  'watch_site',
  {
    description: 'Watch a web site from now on; it is looked at once to begin with.',
    actionType: 'write',
    effects: ['create:site'],
    event: SiteAdded,
    params: z.object({ url: z.url({ protocol: /^https?$/ }).describe('Address, for example https://example.com.') }),
    returns: SiteSummary,
  },
  async (ctx, { url }) => {
    const sites = await allSites(ctx.store)
    const known = sites.find((site) => site.data.url === url)
    if (known) return ActionResult.success(summaryOf(known), `${nameOf(url)} is watched already.`)
    if (sites.length >= MOST_SITES)
      return ActionResult.error(`No more than ${MOST_SITES} sites can be watched.`, { code: 'TOO_MANY_SITES' })
    const look = await lookAt(ctx.http, url, ctx.time.nowUtc)
    const site = await sitesOf(ctx.store).create({ url, looks: [look], since: look.at })
    return ActionResult.success(summaryOf(site), `Watching ${nameOf(url)}. It is ${state(look.up)}: ${look.words}.`)
  },
)

export const checkSite = chat.function(
  'check_site',
  {
    description: 'Look at one watched site now and answer whether it is up.',
    actionType: 'write',
    effects: ['update:site'],
    event: Looked,
    params: z.object({ site_id: SiteId }),
    returns: SiteSummary,
  },
  async (ctx, { site_id }) => {
    const known = await sitesOf(ctx.store).find(site_id)
    if (!known) return gone()
    const look = await lookAt(ctx.http, known.data.url, ctx.time.nowUtc)
    const { site } = await note(ctx.store, known, look)
    return ActionResult.success(summaryOf(site), `${nameOf(site.data.url)} is ${state(look.up)}: ${look.words}.`)
  },
)

export const listSites = chat.function(
  'list_sites',
  {
    description: 'List the watched sites with what the last look found: up or down, how fast, and since when.',
    params: z.object({}),
    returns: z.object({ sites: z.array(SiteSummary), down: z.number().int() }),
  },
  async (ctx) => {
    const sites = (await allSites(ctx.store)).map(summaryOf)
    const down = sites.filter(({ up }) => !up).length
    return ActionResult.success(
      { sites, down },
      sites.length === 0 ? 'No site is watched.' : `${down} of ${sites.length} sites are down.`,
    )
  },
)

export const forgetSite = chat.function(
  'forget_site',
  {
    description: 'Stop watching one site and delete what was noted about it.',
    actionType: 'destructive',
    effects: ['delete:site'],
    event: SiteRemoved,
    idProjection: 'site_id',
    params: z.object({ site_id: SiteId }),
    returns: z.object({ site_id: z.string() }),
  },
  async (ctx, { site_id }) => {
    const site = await sitesOf(ctx.store).find(site_id)
    if (!site) return gone()
    await sitesOf(ctx.store).delete(site_id)
    return ActionResult.success({ site_id }, `${nameOf(site.data.url)} is not watched any more.`)
  },
)

// For other apps: one fact, without the right to change anything.
ext.expose('sites_down', { actionType: 'read', params: z.object({}) }, async (ctx) => {
  const sites = (await allSites(ctx.store)).map(summaryOf)
  return { down: sites.filter(({ up }) => !up).map(({ url }) => url) }
})
