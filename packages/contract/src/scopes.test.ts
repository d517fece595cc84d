import { expect, test } from 'vitest'
import { hasScope, intersectScopes, missingScopes, normalizeScope, parseScopes, withoutDenied } from './scopes.ts'

test('[K3.3] nothing required, or only the wildcard, is allowed to anyone', () => {
  expect(missingScopes([], [])).toEqual([])
  expect(missingScopes([], ['*'])).toEqual([])
  expect(missingScopes(['notes:read'], ['*', 'notes:read'])).toEqual(['*'])
})

test('[K3.3] the wildcard of a user covers everything', () => {
  expect(missingScopes(['*'], ['notes:write', 'mail.send', 'plain'])).toEqual([])
})

test.each([
  [['notes:write'], 'notes:write', true],
  [['notes:*'], 'notes:write', true],
  [['notes:read'], 'notes:write', false],
  [['extensions:write'], 'notes:write', true],
  [['extensions:read'], 'notes:write', false],
  [['extensions:*'], 'notes:write', true],
  [['extensions:*'], 'anything', true],
  [['mail.*'], 'mail.inbox.read', true],
  [['mail.*'], 'calendar.read', false],
  [['note:*'], 'notes:read', false],
  [['notes:*'], 'notes', true],
  [['notes:*'], 'notes:a:b', true],
])('[K3.3] %j against %s: %s', (granted, required, allowed) => {
  expect(hasScope(granted, required)).toBe(allowed)
})

test('[K3.3] exactly the missing ones are returned, in their order', () => {
  expect(missingScopes(['notes:read'], ['notes:read', 'notes:write', 'mail:send'])).toEqual([
    'notes:write',
    'mail:send',
  ])
})

test('a dotted scope means the same as one with a colon', () => {
  expect(normalizeScope(' Notes.Read ')).toBe('notes:read')
  expect(hasScope(['notes:*'], 'notes.read')).toBe(true)
  expect(hasScope(['notes.read'], 'notes:read')).toBe(true)
})

test('typed lists are split, normalised and unique', () => {
  expect(parseScopes('notes.read, notes:read  mail:*')).toEqual(['notes:read', 'mail:*'])
})

test('the intersection keeps the narrower scope of both sides', () => {
  expect(intersectScopes(['*'], ['notes:read'])).toEqual(['notes:read'])
  expect(intersectScopes(['notes:read', 'mail:*'], ['notes:*', 'mail:send'])).toEqual(['notes:read', 'mail:send'])
  expect(intersectScopes(['*'], ['*'])).toEqual(['*'])
  expect(intersectScopes(['notes:read'], ['mail:read'])).toEqual([])
})

test('a denial takes away what it covers', () => {
  expect(withoutDenied(['notes:read', 'notes:write', 'mail:read'], ['notes:*'])).toEqual(['mail:read'])
  expect(withoutDenied(['*'], ['notes:write'])).toEqual(['*'])
  expect(withoutDenied(['*', 'notes:read'], ['*'])).toEqual([])
})
