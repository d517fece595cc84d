import type { Document, HttpClient, StoreClient } from '@imperal/sdk'
import * as z from 'zod'

/** What one look found. */
export const Look = z.object({ at: z.string(), up: z.boolean(), milliseconds: z.number().int(), words: z.string() })
export type Look = z.infer<typeof Look>

export const Site = z.object({
  url: z.string(),
  /** The latest looks, the newest last. */
  looks: z.array(Look),
  /** Since when it is as it is. */
  since: z.string(),
})
export type SiteDocument = Document<z.infer<typeof Site>>

/** Four hours of looks. */
const MOST_LOOKS = 48
export const MOST_SITES = 20

export const sitesOf = (store: StoreClient) => store.collection('sites', Site)

export async function allSites(store: StoreClient): Promise<readonly SiteDocument[]> {
  return (await sitesOf(store).query({ orderBy: 'url', limit: MOST_SITES })).data
}

export const lastLook = (site: SiteDocument): Look | undefined => site.data.looks.at(-1)
export const nameOf = (url: string): string => url.replace(/^https?:\/\//, '').replace(/\/$/, '')

export const SiteSummary = z.object({
  site_id: z.string(),
  url: z.string(),
  up: z.boolean(),
  milliseconds: z.number().int(),
  since: z.string(),
})

export function summaryOf(site: SiteDocument): z.infer<typeof SiteSummary> {
  const { up = false, milliseconds = 0 } = lastLook(site) ?? {}
  return { site_id: site.id, url: site.data.url, up, milliseconds, since: site.data.since }
}

/** Looks at an address. Whatever goes wrong on the way is an answer, too: it is down. */
export async function lookAt(http: HttpClient, url: string, at: string): Promise<Look> {
  const began = Date.now()
  const found = (up: boolean, words: string): Look => ({ at, up, milliseconds: Date.now() - began, words })
  try {
    const answer = await http.get(url, { timeout: 10 })
    return found(answer.statusCode < 400, `It answers ${answer.statusCode}`)
  } catch (error) {
    return found(false, error instanceof Error ? error.message : 'It does not answer')
  }
}

/** Notes a look. `changed` when the site went down or came back with it. */
export async function note(
  store: StoreClient,
  site: SiteDocument,
  look: Look,
): Promise<{ site: SiteDocument; changed: boolean }> {
  const before = lastLook(site)
  const changed = before !== undefined && before.up !== look.up
  const saved = await sitesOf(store).update(site.id, {
    looks: [...site.data.looks, look].slice(-MOST_LOOKS),
    since: changed || before === undefined ? look.at : site.data.since,
  })
  return { site: saved, changed }
}
