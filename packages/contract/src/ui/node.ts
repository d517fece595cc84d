import * as z from 'zod'

/** A node as it travels: whatever the author's code returned, not yet trusted (ui 1.1). */
export const UiNodeEnvelope = z.looseObject({
  type: z.string().min(1),
  props: z.record(z.string(), z.unknown()),
  id: z.string().optional(),
  key: z.string().optional(),
  revision: z.union([z.string(), z.number()]).optional(),
})
export type UiNodeEnvelope = z.infer<typeof UiNodeEnvelope>

/**
 * A node after lenient parsing: `type` is in the component table (or `Unknown`), every prop of the table is present
 * with a safe value or its default, children are parsed nodes.
 */
export interface UiNode {
  readonly type: string
  readonly props: Readonly<Record<string, unknown>>
  /** Unique among siblings: `id`, else `key`, else type and position (ui 1.5). */
  readonly identity: string
  /** Identities from the root down, joined by `/`. */
  readonly path: string
  /** Identity and revision: local state survives a refresh exactly while this stays the same. */
  readonly resetToken: string
}

/** Type of the placeholder that stands for a component this renderer does not know; it is drawn as nothing. */
export const UNKNOWN_TYPE = 'Unknown'
