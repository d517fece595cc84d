import { parseAst } from 'vite'
import { expect, test } from 'vitest'
import { slimRoutes } from './slim-routes.ts'

const slim = (code: string): string => slimRoutes(code, parseAst(code))

test('a route keeps how it is asked for and loses its words', () => {
  const code = `const word = 'summary: x'
export const login = defineRoute({ id: 'auth.login', method: 'POST', path: '/v1/auth/login', summary: 'Says {"a": 1}, and more',
  body: z.object({ summary: z.string() }), response: Token, errors: ['A', 'B'], rateLimit: perMinute(5, 'ip') })
export const last = other({ summary: 'stays' })`
  expect(slim(code)).toBe(`const word = 'summary: x'
export const login = defineRoute({id: 'auth.login',method: 'POST',path: '/v1/auth/login',body: z.object({ summary: z.string() })})
export const last = other({ summary: 'stays' })`)
})

test('what is spread into a route stays', () => {
  expect(slim('defineRoute({ ...common, tag: "a" })')).toBe('defineRoute({...common})')
})
