import type { JsonObject, JsonValue } from '@imperal/contract'
import { type StoredRule, skeletonSections, type UserApp } from '../../registry/index.ts'

export interface SectionSettings {
  readonly section: string
  readonly ttl: number
  /** False: its user switched it off. */
  readonly isWanted: boolean
  /** The app has a handler of its own for changes. */
  readonly hasAlert: boolean
  readonly alerts: {
    readonly enabled: boolean
    readonly cooldownSeconds: number
    readonly perHour: number
    /** Said in the chat as well. */
    readonly inChat: boolean
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

const within = (value: JsonValue | undefined, least: number, most: number): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? Math.min(most, Math.max(least, Math.trunc(value))) : undefined

const LONGEST_SECONDS = 86_400

/** How the sections of an app behave for one user: the code's word, over it the operator's, over it the user's (K5.1–K5.3). */
export function sectionSettings(
  use: Pick<UserApp, 'app' | 'version'>,
  rules: readonly StoredRule[],
): SectionSettings[] {
  const operator = objectOf(use.app.settings.alerts)
  return skeletonSections(use.version.manifest, use.app.settings).map((section) => {
    const rule = rules.find((one) => one.app_id === use.app.appId && one.section_name === section.section_name)
    const alert = objectOf(rule?.alert_config)
    // Older clients say `enabled`.
    const wanted = alert.notify_on_change ?? alert.enabled ?? section.alert_on_change
    return {
      section: section.section_name,
      ttl: within(rule?.ttl ?? undefined, 30, LONGEST_SECONDS) ?? section.ttl,
      isWanted: rule?.enabled !== false,
      hasAlert: section.alert_activity !== null,
      alerts: {
        enabled: wanted === true && rule?.enabled !== false && operator.enabled !== false,
        cooldownSeconds:
          within(alert.cooldown_seconds, 10, LONGEST_SECONDS) ??
          within(operator.cooldown_seconds, 10, LONGEST_SECONDS) ??
          60,
        perHour: within(operator.max_per_hour, 1, 100) ?? 10,
        inChat: alert.chat === true,
      },
    }
  })
}
