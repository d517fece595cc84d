import { z } from 'zod'

const Relations = z.object({
  default_policy: z.enum(['allow', 'deny']).default('allow'),
  rules: z
    .array(z.object({ source: z.string(), target: z.string(), allow: z.boolean() }))
    .max(1_000)
    .default([]),
})

const ALWAYS: ReadonlySet<string> = new Set(['admin', '__system__'])

/**
 * Whether data may flow from one app to another in a tenant (K3.6): the tenant's feature `app_relations`. The first rule that
 * names both counts, `*` naming every app. Relations that cannot be read let nothing through.
 */
export function mayReach(features: Readonly<Record<string, unknown>>, source: string, target: string): boolean {
  if (source === target || ALWAYS.has(source) || ALWAYS.has(target)) return true
  if (features.app_relations === undefined || features.app_relations === null) return true
  const relations = Relations.safeParse(features.app_relations)
  if (!relations.success) return false
  const fits = (pattern: string, app: string) => pattern === '*' || pattern === app
  const rule = relations.data.rules.find((one) => fits(one.source, source) && fits(one.target, target))
  return rule?.allow ?? relations.data.default_policy === 'allow'
}
