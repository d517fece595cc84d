import { type AppCard, type AppDetail, effectiveActionType, type JsonObject, SYNTHETIC_PREFIX } from '@imperal/contract'
import type { AppRecord, AppVersion, PublishedApp, UserKey } from '../registry/index.ts'
import { iconUrl } from './icons.ts'
import type { MarketplaceOptions } from './open-marketplace.ts'
import { averageOf } from './reviews/read-reviews.ts'

/** Who made the apps of the platform itself. */
const PLATFORM = { id: 'imperal', name: 'Imperal' }

function toCard(
  { app, version }: PublishedApp,
  show: { publicUrl: string; names: ReadonlyMap<string, string>; installed: ReadonlySet<string> | null },
): AppCard {
  const author = app.ownerId === null ? PLATFORM.name : (show.names.get(app.ownerId) ?? app.ownerId)
  return {
    app_id: app.appId,
    name: app.name,
    display_name: app.name,
    short_description: app.shortDescription,
    category: app.category,
    version: version.version,
    install_count: app.installCount,
    rating: averageOf(app.ratingTotal, app.reviewCount),
    avg_rating: averageOf(app.ratingTotal, app.reviewCount),
    review_count: app.reviewCount,
    developer_id: app.ownerId ?? PLATFORM.id,
    author,
    icon_url: iconUrl(show.publicUrl, app, version),
    pricing_model: app.pricingModel,
    featured: app.featured,
    system: app.system,
    tags: [...app.tags],
    ...(show.installed ? { is_installed: show.installed.has(app.appId) } : {}),
  }
}

async function installedBy(options: MarketplaceOptions, user: UserKey | null): Promise<ReadonlySet<string> | null> {
  if (!user) return null
  return new Set((await options.registry.appsOf(user)).map(({ app }) => app.appId))
}

/** Apps as the marketplace lists them; for a signed-in user with what they have installed. */
export async function toCards(
  options: MarketplaceOptions,
  apps: readonly PublishedApp[],
  user: UserKey | null,
): Promise<AppCard[]> {
  const owners = [...new Set(apps.flatMap(({ app }) => app.ownerId ?? []))]
  const [names, installed] = await Promise.all([options.developers.namesOf(owners), installedBy(options, user)])
  return apps.map((app) => toCard(app, { publicUrl: options.publicUrl, names, installed }))
}

/** Functions and tools that a user or a client may call, as the marketplace describes them. */
const toolsOf = ({ billing }: MarketplaceOptions, app: AppRecord, version: AppVersion) =>
  version.manifest.tools
    .filter((tool) => !tool.name.startsWith(SYNTHETIC_PREFIX) && tool.action_type !== undefined)
    .map((tool) => {
      const action_type = effectiveActionType(tool.name, tool.action_type ?? 'destructive')
      const price = billing.basePrice(app.appId, tool.name, action_type)
      return { name: tool.name, description: tool.description, action_type, price }
    })

function scopesOf({ manifest }: AppVersion): string[] {
  const scopes = [...new Set([...manifest.capabilities, ...manifest.required_scopes])]
  return scopes.length > 0 ? scopes : ['*']
}

function screenshotsOf(marketplace: JsonObject | undefined): string[] {
  const shots = marketplace?.screenshots
  return Array.isArray(shots)
    ? (shots.filter((shot) => typeof shot === 'string' && shot.startsWith('https://')) as string[])
    : []
}

/** The page of one app. */
export async function toDetail(
  options: MarketplaceOptions,
  published: { app: AppRecord; version: AppVersion },
  user: UserKey | null,
): Promise<AppDetail> {
  const { app, version } = published
  const [[card], changelog] = await Promise.all([
    toCards(options, [published], user),
    options.developers.changelogOf(app.appId, version.version),
  ])
  if (!card) throw new Error('one app gives one card')
  return {
    ...card,
    long_description: app.longDescription,
    description: app.longDescription || app.shortDescription,
    homepage: app.homepage,
    license: app.license,
    pricing_config: app.pricingConfig,
    tools: toolsOf(options, app, version),
    screenshots: screenshotsOf(version.manifest.marketplace),
    scopes: scopesOf(version),
    created_at: app.createdAt,
    updated_at: app.updatedAt,
    changelog,
  }
}
