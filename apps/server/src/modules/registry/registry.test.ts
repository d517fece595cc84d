import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appAccess, functionDenial, scopesLacking, withheldFunctions } from './app-access.ts'
import { compareVersions } from './compare-versions.ts'
import { deepMerge } from './deep-merge.ts'
import { Memory } from './memory.ts'

test('versions sort as semver has it', () => {
  const sorted = ['0.9.0', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-rc.2', '1.0.0-rc.10', '1.0.0', '1.2.0', '1.10.0']
  fc.assert(
    fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (shuffled) => {
      expect(shuffled.toSorted(compareVersions)).toEqual(sorted)
    }),
  )
})

test('[K3.4a] the app-level policy: denials win over everything that was granted', () => {
  const caller = { userId: 'imp_u_ada001', role: 'user', scopes: ['*'] }
  const allowed = (policy: Record<string, string[]>) => appAccess({ access_policy: policy }, caller)
  expect(appAccess({}, caller)).toBe(true)
  expect(allowed({ denied_users: ['imp_u_ada001'], allowed_roles: ['user'] })).toBe(false)
  expect(allowed({ denied_roles: ['user'] })).toBe(false)
  expect(allowed({ allowed_roles: ['admin'] })).toBe(false)
  expect(allowed({ required_scopes: ['voice:use'] })).toBe(true)
  expect(appAccess({ access_policy: { required_scopes: ['voice:use'] } }, { ...caller, scopes: [] })).toBe(false)
  const exceptions = { denied_roles: ['user'] }
  expect(appAccess({ access_policy: { mode: 'restricted', exceptions } }, caller)).toBe(false)
  const developers = { access_policy: { allowed_roles: ['developer', 'admin'] } }
  expect(appAccess(developers, caller)).toBe(false)
  expect(appAccess(developers, { ...caller, isDeveloper: true })).toBe(true)
})

test('[K3.4a] scopes that somebody was denied are lacking, whatever grants them, in the catalog as in a call', () => {
  const caller = { userId: 'imp_u_ada001', role: 'user', scopes: ['*'], deniedScopes: ['voice:use', 'crm:write'] }
  expect(scopesLacking(caller, ['voice:use', 'mail:read'])).toEqual(['voice:use'])
  expect(scopesLacking({ scopes: [], deniedScopes: [] }, ['mail:read'])).toEqual(['mail:read'])
  const config = { access_policy: { functions: { dial: { required_scopes: ['voice:use'] } } } }
  expect(functionDenial(config, 'dial', caller)).toEqual({ missingScopes: ['voice:use'] })
  expect(functionDenial(config, 'other', caller)).toBeNull()
  const forDevelopers = { access_policy: { functions: { build: { allowed_roles: ['developer', 'admin'] } } } }
  expect(functionDenial(forDevelopers, 'build', caller)).toEqual({ missingScopes: [], needsDeveloper: true })
  expect(functionDenial(forDevelopers, 'build', { ...caller, isDeveloper: true })).toBeNull()
  const tool = (name: string, action_type?: 'read' | 'write') => ({ name, description: '', scopes: [], action_type })
  const manifest = {
    tools: [tool('dial', 'read'), tool('list_deals', 'read'), tool('create_deal', 'write'), tool('plain')],
  }
  expect(withheldFunctions({ appId: 'crm', config }, { manifest } as never, caller)).toEqual(['dial', 'create_deal'])
  expect(withheldFunctions({ appId: 'crm', config }, { manifest } as never, { ...caller, deniedScopes: [] })).toEqual(
    [],
  )
})

test('settings merge member by member and never reach a prototype', () => {
  expect(deepMerge({ a: { b: 1, c: [1] }, d: 1 }, { a: { c: [2] }, e: null })).toEqual({
    a: { b: 1, c: [2] },
    d: 1,
    e: null,
  })
  deepMerge({}, JSON.parse('{"__proto__": {"polluted": true}}'))
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('a value that was dropped while it loaded is not kept', async () => {
  const loads: ((value: number) => void)[] = []
  const memory = new Memory(() => new Promise<number>((resolve) => loads.push(resolve)))
  const stale = memory.get('a')
  memory.drop('a')
  const fresh = memory.get('a')
  loads[1]?.(2)
  loads[0]?.(1)
  expect(await Promise.all([stale, fresh])).toEqual([1, 2])
  expect(memory.get('a')).toBe(2)
})

test('a load that failed is tried again, and the oldest value makes room', async () => {
  let calls = 0
  const memory = new Memory(async (key: string) => {
    calls += 1
    if (calls === 1) throw new Error('down')
    return key
  }, 2)
  await expect(memory.get('a')).rejects.toThrow('down')
  await Promise.all(['a', 'b', 'c'].map((key) => memory.get(key)))
  expect(memory.get('c')).toBe('c')
  expect(memory.get('a')).toBeInstanceOf(Promise)
})
