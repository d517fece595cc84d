import { type FunctionContext, HealthStatus } from '@imperal/sdk'
import { ext, StateChanged } from './extension.ts'
import { allSites, lookAt, nameOf, note, summaryOf } from './sites.ts'

/** Looks at all sites of one person at once, and says what changed. */
async function goRound(ctx: FunctionContext): Promise<void> {
  const now = ctx.time.nowUtc
  await Promise.all(
    (await allSites(ctx.store)).map(async (known) => {
      const look = await lookAt(ctx.http, known.data.url, now)
      const { site, changed } = await note(ctx.store, known, look)
      if (!changed) return
      const name = nameOf(site.data.url)
      await ctx.notify(look.up ? `${name} is back.` : `${name} is down: ${look.words}.`, {
        subject: look.up ? `${name} is up` : `${name} is down`,
        priority: look.up ? 'normal' : 'high',
        link: '/ext/watchtower',
      })
      await ctx.extensions.emit(StateChanged, summaryOf(site))
    }),
  )
}

ext.schedule('rounds', { cron: '*/5 * * * *' }, async (ctx) => {
  for await (const userId of ctx.store.listUsers('sites')) await goRound(ctx.asUser(userId))
})

ext.skeleton('sites', { ttl: 300, description: 'How many sites are watched, and which are down' }, async (ctx) => {
  const sites = (await allSites(ctx.store)).map(summaryOf)
  const down = sites.filter(({ up }) => !up)
  return {
    response: { watched: sites.length, down: down.length, names: down.map(({ url }) => nameOf(url)).join(', ') },
  }
})

ext.onInstall((ctx) =>
  ctx.notify('Name a site to watch, for example “watch https://example.com”.', { subject: 'Watchtower' }),
)
ext.healthCheck(() => HealthStatus.ok())
