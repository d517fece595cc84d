import * as z from 'zod'
import { coreRole, platformRole } from './roles.ts'

const Id = z.union([z.string().min(1), z.number().int()])

/** An empty kind counts as none. */
const kindOf = (kind: string) =>
  coreRole(
    'core.kind',
    z
      .string()
      .overwrite((given) => (given === '' ? kind : given))
      .default(kind),
  )

const shapeOf = (kind: string) => ({
  id: coreRole('core.id', Id),
  title: coreRole('core.title', z.string()),
  kind: kindOf(kind),
  subtitle: platformRole('core.subtitle', z.string()),
  description: platformRole('core.description', z.string()),
  status: platformRole('core.status', z.string()),
  url: platformRole('core.url', z.url()),
})

type EntityShape = ReturnType<typeof shapeOf>

/**
 * A thing that apps can hand to one another and people can look at: `entity('plant', { ...Timestamped, species: z.string() })`.
 * It has an `id`, a `title` and a `kind`; facets and your own fields come beside them.
 */
export function entity<F extends z.ZodRawShape = Record<never, never>>(
  kind: string,
  fields: F = {} as F, // nothing is a shape without fields
): z.ZodObject<EntityShape & F> {
  return z.object({ ...shapeOf(kind), ...fields }).meta({ 'x-sdl': 'entity' })
}

/** Any entity, whatever else it holds. */
export const Entity = entity('entity').loose()

/** What names an entity of this or another app. */
export const Ref = z.object({
  id: Id,
  kind: z.string(),
  title: z.string(),
  app_id: z.string().optional(),
})

/** A page of entities: `entityList(Plant)`. */
export function entityList<S extends z.ZodType>(item: S) {
  return z
    .object({
      items: z.array(item),
      total: z.number().int().min(0).optional(),
      page: z.number().int().min(1).optional(),
      has_more: z.boolean(),
    })
    .meta({ 'x-sdl': 'entity-list' })
}
