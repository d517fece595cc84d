import * as z from 'zod'

/** Identifier formats of sdk.md 0.7 and api.md 1.2, permanent once published. */
export const AppId = z
  .string()
  .min(2)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/, 'an app id is 2 to 64 lower-case letters, digits and hyphens')
export type AppId = z.infer<typeof AppId>

export const UserId = z.string().regex(/^imp_u_[A-Za-z0-9_-]{6,24}$/, 'a user id looks like imp_u_abc123')
export type UserId = z.infer<typeof UserId>

/** Pseudo identities of handlers without a real user. */
export const SYSTEM_USER = '__system__'
export const WEBHOOK_USER = '__webhook__'
/** Pseudo identities stand for nobody: no chat, no tray, no limit per person. */
export const isNobody = (userId: string): boolean => userId.startsWith('__')

export const TenantId = z.string().min(1).max(64)
export type TenantId = z.infer<typeof TenantId>
export const DEFAULT_TENANT = 'default'

export const SemanticVersion = z
  .string()
  .max(64)
  .regex(/^\d+\.\d+\.\d+(?:[.-][A-Za-z0-9.-]+)?$/, 'a version looks like 1.2.0 or 1.2.0-rc.1')
export const ToolName = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
export const SecretName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/)
export const CacheKey = z.string().regex(/^[A-Za-z0-9_\-:]{1,128}$/)
export const CollectionName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^:*?[\]/\s]+$/, 'a collection name holds none of : * ? [ ] / and no blanks')
export const SkeletonSection = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^*?[\]:/]+$/)
export const Scope = z.string().regex(/^(?:\*|[a-z][a-z0-9_-]*(?:[.:][a-z0-9_*-]+)+)$/)
export const Cron = z
  .string()
  .regex(
    /^(?:\S+(?:\s+\S+){4}|@(?:hourly|daily|weekly|monthly|yearly|annually))$/,
    "a cron has five fields in UTC such as '0 9 * * 1', or is a keyword such as '@daily'",
  )
export const WebhookPath = z.string().regex(/^\/[a-z0-9_/-]+$/)
export const EventType = z.string().regex(/^[a-z][a-z0-9_-]*(?:[.:][a-z0-9_-]+)+$/)
/** ISO 8601 in UTC, ending in Z. */
export const Timestamp = z.string()

/** A moment or a day that a caller names, made UTC; the database knows none with an offset of more than 15 hours. */
export const Moment = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is no moment in time')
  .transform((text) => new Date(text).toISOString())
