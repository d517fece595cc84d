import { termsOf } from '../foundation/words.ts'
import type { ChatOptions } from '../modules/chat/index.ts'
import type { Identity } from '../modules/identity/index.ts'
import { appAccess, type PublishedApp, type Registry } from '../modules/registry/index.ts'

interface Sources {
  readonly registry: Pick<Registry, 'browse' | 'appsOf'>
  readonly identity: Pick<Identity, 'actor'>
}

type Offer = Awaited<ReturnType<ChatOptions['offers']>>[number]

const MOST_WORDS = 8
const MOST_OF_A_WORD = 5
const MOST_OFFERS = 3

/** The terms of what an app says of itself and does. */
function topicsOf({ app, version }: PublishedApp): ReadonlySet<string> {
  const functions = version.manifest.tools.filter((tool) => tool.synthetic !== true).map(({ name }) => name)
  return new Set(
    termsOf([app.appId, app.name, app.shortDescription, ...app.tags, ...functions].join(' ').replaceAll(/[-_]/g, ' ')),
  )
}

function offerOf(published: PublishedApp, words: readonly string[]): Offer[] {
  const topics = topicsOf(published)
  const about = words.filter((word) => topics.has(word))
  return about.length === 0 ? [] : [{ appId: published.app.appId, name: published.app.name, about }]
}

/**
 * Published apps that speak of one of these words and that the user may install and does not have, those first that speak
 * of most. Whoever the policy of an app keeps out does not hear of it (K3.4a).
 */
export const offerApps =
  ({ registry, identity }: Sources): ChatOptions['offers'] =>
  async (user, words) => {
    const asked = words.slice(0, MOST_WORDS)
    const page = { category: '', sort: 'actions', limit: MOST_OF_A_WORD, offset: 0 } as const
    const [actor, had, ...found] = await Promise.all([
      identity.actor(user.tenantId, user.userId),
      registry.appsOf(user),
      ...asked.map((search) => registry.browse({ ...page, search })),
    ])
    if (actor === null) return []
    const own = new Set(had.map(({ app }) => app.appId))
    const apps = new Map(found.flatMap((each) => each.apps).map((each) => [each.app.appId, each]))
    return [...apps.values()]
      .filter(({ app }) => !own.has(app.appId) && appAccess(app.config, actor))
      .flatMap((each) => offerOf(each, asked))
      .toSorted((a, b) => b.about.length - a.about.length)
      .slice(0, MOST_OFFERS)
  }
