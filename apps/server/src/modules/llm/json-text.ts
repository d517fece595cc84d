import type { JsonObject } from '@imperal/contract'

/** Finds the one JSON object in a model's text: bare, in a fenced block, or between other words. Null when there is none. */
export function objectIn(text: string): JsonObject | null {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1]
  for (const candidate of [text, fenced ?? '', text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)]) {
    try {
      const value: unknown = JSON.parse(candidate.trim())
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as JsonObject
    } catch {
      // The next candidate may parse.
    }
  }
  return null
}

/** The instruction that replaces a provider's own structured mode where an endpoint may not have one. */
export const schemaInstruction = (schema: JsonObject): string =>
  `Answer with exactly one JSON object and nothing else. It must match this JSON schema:\n${JSON.stringify(schema)}`
