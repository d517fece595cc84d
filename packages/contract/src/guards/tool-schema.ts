import * as z from 'zod'
import type { JsonObject } from '../json.ts'

/** What a model is told of a tool's input: without the draft, and without bounds that only say what a whole number is. */
export function toolSchema(schema: z.ZodType): JsonObject {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    },
  })
  return rest as JsonObject // a schema is JSON
}
