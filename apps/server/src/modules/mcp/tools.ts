import { createHash } from 'node:crypto'
import type { Tool } from '@modelcontextprotocol/sdk/types.js'
import type { CatalogFunction } from '../kernel/index.ts'

// What clients and models take as the name of a tool.
const LONGEST = 64

/** `<app id>__<function>`; a longer one is cut and ends with a mark of the whole. */
export function toolName({ appId, name }: Pick<CatalogFunction, 'appId' | 'name'>): string {
  const whole = `${appId}__${name}`.replace(/[^A-Za-z0-9_-]/g, '_')
  if (whole.length <= LONGEST) return whole
  const mark = createHash('sha256').update(whole).digest('hex').slice(0, 8)
  return `${whole.slice(0, LONGEST - mark.length - 1)}_${mark}`
}

/** A function as a tool: what it does to the world is said in the annotations, from its action type. */
export function toTool(fn: CatalogFunction): Tool {
  return {
    name: toolName(fn),
    title: `${fn.appName}: ${fn.name.replaceAll('_', ' ')}`,
    description: fn.description,
    inputSchema: { ...fn.paramsSchema, type: 'object' },
    annotations: {
      title: `${fn.appName}: ${fn.name.replaceAll('_', ' ')}`,
      readOnlyHint: fn.actionType === 'read',
      destructiveHint: fn.actionType === 'destructive',
    },
    _meta: { 'imperal/app_id': fn.appId, 'imperal/function': fn.name, 'imperal/action_type': fn.actionType },
  }
}
