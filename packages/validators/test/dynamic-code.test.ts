import { expect, test } from 'vitest'
import { findDynamicCode } from '../src/project.ts'

const found = (code: string) => findDynamicCode(code).map(({ what, line, column }) => `${what} ${line}:${column}`)

test('code from text is found with its place, in whatever form it is written', () => {
  expect(found("const a = 1\nexport const f = new Function('a', body)")).toEqual(['`new Function` 2:18'])
  expect(found('eval(text); Function(text)(); Function.apply(null, params)')).toEqual([
    '`eval` 1:1',
    '`Function` 1:13',
    '`Function.apply` 1:31',
  ])
})

test('names, comments and texts that only look like it are not', () => {
  expect(found("// eval(x)\nconst s = 'new Function(x)'; class A { eval() {} }; new A().eval(1)")).toEqual([])
  expect(found('typeof x === Function; x instanceof Function; Function.prototype.call(x)')).toEqual([])
})

test('looking for the global object, and what can live with a refusal, pass; a refusal that is thrown on does not', () => {
  expect(found("const root = globalThis ?? Function('return this')()")).toEqual([])
  expect(found("try { new Function('') } catch { canCompile = false }")).toEqual([])
  expect(found('try { new Function(text) } catch (error) { log(error); throw error }')).toEqual(['`new Function` 1:7'])
  expect(found('try { new Function(text) } finally { done() }')).toEqual(['`new Function` 1:7'])
})
