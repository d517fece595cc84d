import { Manifest } from '@imperal/contract'
import { formatProblems, formatZodIssues } from '@imperal/contract/guards'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { ActingUser } from '../context/acting-user.ts'
import { plainHandler } from '../handlers/handler-definition.ts'
import { mayReach } from './app-relations.ts'
import { createArgumentChecks } from './compile-arguments.ts'
import { describeProblems, sentences } from './describe-problems.ts'
import { isPlainPattern, safeSchema } from './safe-schema.ts'
import { checkTargets } from './target-scope.ts'
import { OutOfTime, withinTime } from './within-time.ts'

const manifest = Manifest.parse({ app_id: 'notes', version: '1.0.0' })
const check = (schema: object, params: object) => {
  const handler = plainHandler('f', 'function', { paramsSchema: schema as never })
  return createArgumentChecks()(manifest, handler)(params as never)
}
const told = (schema: object, params: object) =>
  sentences(describeProblems(check(schema, params).errors, params as never))

describe('[K3.18] problems are sentences that name the field', () => {
  const schema = {
    type: 'object',
    properties: {
      title: { type: 'string', minLength: 1, maxLength: 5 },
      count: { type: 'integer', minimum: 1 },
      due: { type: 'string', format: 'date-time' },
      kind: { enum: ['a', 'b'] },
      tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
      owner: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    },
    required: ['title'],
    additionalProperties: false,
  }
  test.each([
    [{}, '“title” is required.'],
    [{ title: '' }, '“title” must not be empty.'],
    [{ title: 'toolong' }, '“title” must have at most 5 characters.'],
    [{ title: 'x', count: 1.5 }, '“count” must be a whole number, but it is a number.'],
    [{ title: 'x', count: 0 }, '“count” must be at least 1.'],
    [{ title: 'x', count: null }, '“count” must be a whole number, but it is nothing.'],
    [{ title: 'x', due: 'tomorrow' }, '“due” must be a valid date-time.'],
    [{ title: 'x', kind: 'c' }, '“kind” must be one of a, b.'],
    [{ title: 'x', tags: [1] }, '“tags.0” must be a text, but it is a number.'],
    [{ title: 'x', tags: 'a' }, '“tags” must be a list, but it is a text.'],
    [{ title: 'x', owner: {} }, '“owner.name” is required.'],
    [{ title: 'x', colour: 'red' }, '“colour” is not known here; leave it out.'],
    [{ count: 'many' }, '“title” is required. “count” must be a whole number, but it is a text.'],
  ])('%j', (params, text) => {
    expect(told(schema, params)).toBe(text)
  })
})

test('defaults are filled into a copy, and nothing is coerced (K3.12)', () => {
  const given = { nested: {} }
  const schema = {
    type: 'object',
    properties: {
      n: { type: 'integer', default: 3 },
      nested: { type: 'object', properties: { on: { default: true } } },
    },
  }
  expect(check(schema, given)).toEqual({ params: { n: 3, nested: { on: true } }, errors: [] })
  expect(given).toEqual({ nested: {} })
  expect(check(schema, { n: '3' }).errors).toHaveLength(1)
})

test('a hostile schema neither reaches out nor hangs the process', () => {
  const bomb = `${'a'.repeat(40)}!`
  const schema = {
    $id: 'https://evil.example/x',
    type: 'object',
    properties: { a: { type: 'string', pattern: '^(a+)+$' }, b: { $ref: 'https://evil.example/y' } },
    patternProperties: { '^(x+)+$': { type: 'string' } },
  }
  expect(check(schema, { a: bomb, b: 1 }).errors).toEqual([])
  expect(safeSchema(schema as never)).toEqual({ type: 'object', properties: { a: { type: 'string' }, b: {} } })
  expect(['^[a-z]+$', '^\\d{4}-\\d{2}$', 'abc'].every(isPlainPattern)).toBe(true)
  expect(['(a+)+', '(a|a)*$', '(.*)\\1', '^(?!x)', 'a*b*c*d*e*'].some(isPlainPattern)).toBe(false)
  expect(['a?'.repeat(40), '(?:a|a)'.repeat(40)].some(isPlainPattern)).toBe(false)
})

describe('schemas of manifests run in the process that serves everybody', () => {
  const q = (more: object) => ({ type: 'object', properties: { q: more } })
  const array = (length: number, entry: (index: number) => unknown) =>
    Array.from({ length }, (_, index) => entry(index))
  const doubling = Object.fromEntries(
    array(64, (index) => [
      `d${index}`,
      { allOf: [{ $ref: `#/$defs/d${(index as number) + 1}` }, { $ref: `#/$defs/d${(index as number) + 1}` }] },
    ]) as [string, object][],
  )

  test.each<[string, object, object]>([
    [
      'three repetitions of one class',
      q({ pattern: `^${'[ab]*'.repeat(3)}$`, type: 'string' }),
      { q: `${'a'.repeat(20_000)}c` },
    ],
    ['three repetitions of one letter', q({ type: 'string', pattern: '^a*a*a*$' }), { q: `${'a'.repeat(50_000)}b` }],
    [
      'references that double at each level',
      { ...q({ $ref: '#/$defs/d0' }), $defs: { ...doubling, d64: {} } },
      { q: 1 },
    ],
    ['each with each', q({ type: 'array', uniqueItems: true }), { q: array(60_000, (a) => ({ a })) }],
    [
      'a million errors',
      q({ items: { allOf: array(2_000, () => ({ type: 'string' })) } }),
      { q: array(20_000, () => 1) },
    ],
  ])('%s ends in an error', (_what, schema, params) => {
    expect(told(schema, params)).toMatch(/^The arguments cannot be checked/)
  })
  test('after one that took too long the next calls are refused at once, and ones of other schemas are not', () => {
    const checks = createArgumentChecks()
    const slow = plainHandler('slow', 'function', { paramsSchema: q({ type: 'string', pattern: 'a+b' }) as never })
    const quick = plainHandler('quick', 'function', { paramsSchema: q({ type: 'string', pattern: 'a+c' }) as never })
    expect(checks(manifest, slow)({ q: 'ab' }).errors).toEqual([])
    expect(checks(manifest, slow)({ q: 'a'.repeat(200_000) }).errors).toHaveLength(1)
    expect(checks(manifest, slow)({ q: 'ab' }).errors).toHaveLength(1)
    expect(checks(manifest, quick)({ q: 'ac' }).errors).toEqual([])
  })
  test('a check that a busy machine kept from a processor is done once more, with the time that it needs', () => {
    const waiting = new Int32Array(new SharedArrayBuffer(4))
    let begun = 0
    const starved = () => {
      begun += 1
      if (begun === 1) Atomics.wait(waiting, 0, 0, 60)
      return 'checked'
    }
    expect(withinTime(20, starved)).toBe('checked')
    expect(begun).toBe(2)
    expect(() => withinTime(20, () => /^(a+)+$/.test(`${'a'.repeat(40)}b`))).toThrow(OutOfTime)
  })
  test('a schema that is none refuses every call and throws nothing', () => {
    expect(told({ type: 'nothing' }, {})).toMatch(/no usable schema/)
    expect(told(q({ $ref: '#/$defs/absent' }), {})).toMatch(/no usable schema/)
    const endless = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`p${index}`, { minLength: index }]),
    )
    expect(told({ type: 'object', properties: endless }, {})).toMatch(/no usable schema/)
  })
  test('a value deeper than the stack is refused and throws nothing', () => {
    let deep: object = {}
    for (let level = 0; level < 200_000; level++) deep = { deep }
    expect(told(q({}), deep)).toMatch(/cannot be checked/)
  })
  test('a schema that refers to itself is checked at each level', () => {
    const tree = {
      type: 'object',
      properties: { name: { type: 'string' }, kids: { type: 'array', items: { $ref: '#' } } },
    }
    expect(told(tree, { name: 'a', kids: [{ name: 'b', kids: [] }] })).toBe('')
    expect(told(tree, { name: 'a', kids: [{ name: 1 }] })).toBe('“kids.0.name” must be a text, but it is a number.')
  })
})

test('[9.5] [K3.18] a model is told in the words of the library, whichever of the two checked its arguments', () => {
  const schema = z.strictObject({
    ...{
      to: z.string(),
      subject: z.string(),
      count: z.number().int(),
      at: z.iso.datetime(),
      tags: z.array(z.string()),
    },
  })
  const wrong = { subject: 7, count: 'two', at: 'tomorrow', tags: 'a', colour: 'red' }
  const errors = check(z.toJSONSchema(schema), wrong).errors
  const told = formatProblems(
    describeProblems(errors, wrong as never).map(({ field, reason }) => ({ path: field, reason })),
  )
  const { error } = schema.safeParse(wrong, { reportInput: true })
  const lines = (text: string) => text.split('\n').sort()
  expect(lines(told)).toEqual(lines(formatZodIssues(error as z.ZodError)))
})

describe('[K3.20] targets', () => {
  const ada: ActingUser = {
    kind: 'user',
    userId: 'imp_u_ada00001',
    tenantId: 'acme',
    agencyId: null,
    orgId: null,
    email: 'ada@example.com',
    role: 'user',
    scopes: [],
    deniedScopes: [],
    attributes: {},
    isActive: true,
  }
  const ACCOUNTS: Readonly<Record<string, string[]>> = {
    'g-1': ['imp_u_bob00001'],
    'g-2': ['imp_u_bob00001', 'imp_u_ada00001'],
  }
  const verdict = (
    params: object,
    scopes: string[] = [],
    actionType: 'read' | 'write' | 'destructive' = 'destructive',
    connected: readonly string[] = [],
  ) =>
    checkTargets(ada, scopes, {
      params: params as never,
      actionType,
      isInTenant: async (id) => id !== 'imp_u_stranger',
      userOfEmail: async (email) => (email === 'bob@example.com' ? 'imp_u_bob00001' : null),
      connectedEmails: async () => connected,
      usersOfAccount: async (id) => ACCOUNTS[id] ?? [],
    }).then((found) => (found === 'foreign' ? found : found.verdict))

  test.each([
    [{}, [], 'no_target'],
    [{ user_id: 'U024BE7LH' }, [], 'no_target'],
    [{ target_user: 'imp_u_ada00001' }, [], 'self_target'],
    [{ user_id: 'imp_u_bob00001' }, ['users:manage'], 'blocked'],
    [{ user_id: 'imp_u_bob00001' }, ['users:admin'], 'escalated'],
    [{ user_ids: ['imp_u_ada00001', 'imp_u_bob00001'] }, [], 'blocked'],
    [{ user_id: 'imp_u_stranger' }, ['*'], 'foreign'],
    [{ tenant_id: 'umbrella' }, ['*'], 'foreign'],
    [{ tenant_id: 'default' }, [], 'no_target'],
    [{ email: 'Bob@Example.com ' }, [], 'blocked'],
    [{ target_email: 'bob@example.com' }, ['users:admin'], 'escalated'],
    [{ email: 'somebody@elsewhere.example' }, [], 'no_target'],
    [{ email: 'ADA@example.com' }, [], 'self_target'],
    [{ account_id: 'g-1' }, [], 'blocked'],
    [{ account_id: 'g-1' }, ['users:admin'], 'escalated'],
    [{ account_id: 'g-2' }, [], 'self_target'],
    [{ account_id: 'of-nobody-here' }, [], 'no_target'],
    [{ email: 'bob@example.com', user_id: 'imp_u_ada00001' }, [], 'blocked'],
  ])('%j with %j is %s', async (params, scopes, expected) => {
    expect(await verdict(params, scopes)).toBe(expected)
  })
  test('[I-CONNECTED-EMAILS-VIA-METADATA] an address that the caller connected elsewhere is the caller’s own; without the list it is not', async () => {
    const colleague = { email: 'bob@example.com' }
    expect(await verdict(colleague, [], 'write')).toBe('blocked')
    expect(await verdict(colleague, [], 'write', ['bob@example.com'])).toBe('self_target')
    expect(await verdict({ ...colleague, connected_emails: ['bob@example.com'] }, [], 'write')).toBe('blocked')
    expect(await verdict({ ...colleague, user_id: 'imp_u_cid00001' }, [], 'write', ['bob@example.com'])).toBe('blocked')
  })

  test('a write that may is let through without a card', async () => {
    expect(await verdict({ user_id: 'imp_u_bob00001' }, ['users:*'], 'write')).toBe('pass')
  })
})

describe('[K3.6] relations between apps of a tenant', () => {
  const rules = [
    { source: 'crm', target: 'notes', allow: true },
    { source: 'crm', target: '*', allow: false },
    { source: '*', target: 'vault', allow: false },
  ]
  test.each([
    [undefined, 'crm', 'vault', true],
    [{ rules }, 'crm', 'notes', true],
    [{ rules }, 'crm', 'tasks', false],
    [{ rules }, 'notes', 'crm', true],
    [{ rules }, 'notes', 'vault', false],
    [{ default_policy: 'deny', rules }, 'notes', 'crm', false],
    [{ default_policy: 'deny' }, 'admin', 'crm', true],
    [{ default_policy: 'deny' }, '__system__', 'crm', true],
    [{ default_policy: 'deny' }, 'crm', 'crm', true],
    ['unreadable', 'crm', 'notes', false],
  ])('%j: %s to %s is %s', (relations, source, target, expected) => {
    expect(mayReach(relations === undefined ? {} : { app_relations: relations }, source, target)).toBe(expected)
  })
})
