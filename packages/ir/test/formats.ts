import type { JsonObject } from '@imperal/contract'
import type { Formats } from '../src/index.ts'

const functionsOf = (app: JsonObject | undefined): JsonObject[] => (app?.functions ?? []) as JsonObject[]
const withFunctions = (document: JsonObject, change: (fn: JsonObject) => JsonObject): JsonObject => {
  const app = document.app as JsonObject
  return { ...document, app: { ...app, functions: functionsOf(app).map(change) } }
}

/**
 * Formats that exist for tests: in 0.8 functions had `texts`, in 0.9 they hold their steps as `does`, with a `verb` each;
 * a deploy of 0.9 stored them as `actions`.
 */
export const EARLIER: Formats = [
  {
    from: '0.9',
    to: '1.0',
    document: (source) =>
      withFunctions(source, ({ does, ...fn }) => ({
        ...fn,
        impl: {
          kind: 'declarative',
          steps: ((does ?? []) as JsonObject[]).map(({ verb, ...step }) => ({ ...step, op: verb ?? null })),
        },
      })),
    normalForm: (stored) => withFunctions(stored, ({ actions, ...fn }) => ({ ...fn, steps: actions ?? [] })),
  },
  {
    from: '0.8',
    to: '0.9',
    document: (source) => withFunctions(source, ({ text, ...fn }) => ({ ...fn, description: text ?? '' })),
    normalForm: (stored) => withFunctions(stored, ({ text, ...fn }) => ({ ...fn, description: text ?? '' })),
  },
]
