import type { IrFunction } from '../document.ts'
import { isObject } from '../json.ts'

const EFFECTS: Readonly<Record<string, string>> = {
  'store.create': 'create',
  'store.update': 'update',
  'store.delete': 'delete',
}

/** `create:<collection>` and its like, each once, in the order of the steps (I9.3). */
export function derivedEffects({ steps }: IrFunction): string[] {
  const effects = steps.flatMap(({ action, params }) => {
    const effect = EFFECTS[action]
    return effect !== undefined && isObject(params) && typeof params.collection === 'string'
      ? [`${effect}:${params.collection}`]
      : []
  })
  return [...new Set(effects)]
}
