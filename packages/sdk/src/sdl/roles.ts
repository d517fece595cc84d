import type * as z from 'zod'
import { ImperalError } from '../errors.ts'

/** A role that is misspelt, or that belongs to the platform. */
export class RoleError extends ImperalError {}

const GRAMMAR = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/
/** First parts of roles that only the platform gives a meaning. */
export const PLATFORM_ROLES =
  'core time people content comm media quantity money catalog task geo net metric event rating sec device'.split(' ')
const KEY = 'x-sdl-role'
const ours = new WeakSet<z.ZodType>()

function checked(role: string): string {
  if (GRAMMAR.test(role)) return role
  throw new RoleError(`The role '${role}' is not written like 'garden.soil_moisture'`)
}

/** A field of a facet: may be absent, and plays a role of the platform. */
export function platformRole<S extends z.ZodType>(role: string, schema: S): z.ZodOptional<S> {
  const field = schema.optional().meta({ [KEY]: checked(role) })
  ours.add(field)
  return field
}

/** A field that has to be there, with a role of the platform. */
export function coreRole<S extends z.ZodType>(role: string, schema: S): S {
  const field = schema.meta({ [KEY]: checked(role) })
  ours.add(field)
  return field
}

const refuseReserved = (role: string): void => {
  const [first = ''] = role.split('.')
  if (PLATFORM_ROLES.includes(first))
    throw new RoleError(`The role '${role}' begins with '${first}', which belongs to the platform; begin with your app`)
}

/**
 * What a field of yours means, in your own words: `role('garden.soil_moisture', z.number())`. The first part must not be
 * one of the platform's. @throws RoleError
 */
export function role<S extends z.ZodType>(name: string, schema: S): S {
  refuseReserved(checked(name))
  return schema.meta({ ...schema.meta(), [KEY]: name })
}

type Wrapping = { readonly innerType?: z.ZodType; readonly in?: z.ZodType }

/** The schema and what it wraps, the outermost first. */
function* layers(schema: z.ZodType): Generator<z.ZodType> {
  let layer: z.ZodType | undefined = schema
  while (layer !== undefined) {
    yield layer
    const { innerType, in: input }: Wrapping = layer._zod.def as Wrapping // only wrappers have these
    layer = innerType ?? input
  }
}

/** Roles of the fields of an object, by field; fields without a role are left out. @throws RoleError */
export function rolesOf(schema: z.ZodObject): Readonly<Record<string, string>> {
  const roles: Record<string, string> = {}
  for (const [field, value] of Object.entries(schema.shape)) {
    for (const layer of layers(value as z.ZodType)) {
      const name = layer.meta()?.[KEY]
      if (typeof name !== 'string') continue
      if (!ours.has(layer)) refuseReserved(checked(name))
      roles[field] = name
      break
    }
  }
  return roles
}
