import type { Plugin } from 'vite'

/** What a route says to servers and readers; a client asks by its method, path and kind alone. */
const NOT_FOR_CLIENTS = new Set(['summary', 'tag', 'errors', 'rateLimit', 'response', 'surface', 'readSeconds'])

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
}
interface Property extends Node {
  readonly key?: { readonly name?: string }
}
interface RouteCall extends Node {
  readonly callee: { readonly name?: string }
  readonly arguments: readonly (Node & { readonly properties?: readonly Property[] })[]
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function* nodesOf(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node).flat()) if (isNode(value)) yield* nodesOf(value)
}

const isRouteCall = (node: Node): node is RouteCall =>
  node.type === 'CallExpression' && (node as RouteCall).callee.name === 'defineRoute'

/** The code of a module of routes without what its definitions say to others than clients. */
export function slimRoutes(code: string, program: Node): string {
  let slim = ''
  let at = 0
  for (const node of nodesOf(program)) {
    const [route] = isRouteCall(node) ? node.arguments : []
    if (!route?.properties) continue
    const kept = route.properties.filter(({ key }) => !NOT_FOR_CLIENTS.has(key?.name ?? ''))
    slim += `${code.slice(at, route.start)}{${kept.map(({ start, end }) => code.slice(start, end)).join(',')}}`
    at = route.end
  }
  return slim + code.slice(at)
}

/** Routes of the contract go into the panel without their words, which no code of it reads: 2 kB of its first load. */
export const slimRoutesPlugin = (): Plugin => ({
  name: 'slim-routes',
  apply: 'build',
  enforce: 'post',
  transform: {
    filter: { id: /packages\/contract\/src\/routes\/[^/]+\.ts$/ },
    handler(code) {
      return { code: slimRoutes(code, this.parse(code) as unknown as Node), map: null }
    },
  },
})
