import { expect, test } from 'vitest'
import * as contract from './index.ts'

const isRoute = (value: unknown): value is contract.AnyRoute =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'auth' in value

const routesIn = (value: unknown): contract.AnyRoute[] => {
  if (isRoute(value)) return [value]
  const plain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return plain ? Object.values(value).flatMap(routesIn) : []
}

const routes = Object.values(contract).flatMap(routesIn)
const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index)

test('no two operations share an address, or an id', () => {
  const isRegistry = (route: contract.AnyRoute) => route.id.startsWith('registry.')
  const address = (route: contract.AnyRoute) =>
    `${isRegistry(route) ? 'registry ' : ''}${route.method} ${route.path.replace(/\{\w+\*?\}/g, '{}')}`
  expect(repeated(routes.map(address))).toEqual([])
  expect(repeated(routes.map((route) => route.id))).toEqual([])
})
