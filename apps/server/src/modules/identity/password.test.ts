import { expect, test } from 'vitest'
import { hashPassword, verifyPassword } from './password.ts'

test('passwords are hashed with argon2id and a salt of their own', async () => {
  const [first, second] = await Promise.all([hashPassword('s3cure!'), hashPassword('s3cure!')])
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(first).not.toBe(second)
})

test('the right password is accepted and any other refused', async () => {
  const stored = await hashPassword('s3cure!')
  expect(await verifyPassword('s3cure!', stored)).toBe(true)
  expect(await verifyPassword('s3cure', stored)).toBe(false)
})

test('a password typed with composed or decomposed letters is the same', async () => {
  expect(await verifyPassword('caf\u00e9-123', await hashPassword('cafe\u0301-123'))).toBe(true)
})

test('an unknown user is refused after the same work', async () => {
  expect(await verifyPassword('s3cure!', null)).toBe(false)
})

test('a damaged hash is an error, not a refusal', async () => {
  await expect(verifyPassword('s3cure!', 'plain')).rejects.toThrow('damaged')
})
