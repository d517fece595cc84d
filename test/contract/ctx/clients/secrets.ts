import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { caught, fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeSecrets({ bench, cell }: Suite): void {
  describe('secrets', () => {
    cell(
      ['secrets.get', 'secrets.set', 'secrets.delete'],
      'success',
      'get, set, delete: null until set, and whether it was',
      () =>
        bench.run(async ({ secrets }) => {
          expect(await secrets.get('sensor_key')).toBeNull()
          await secrets.set('sensor_key', 'abc')
          expect([await secrets.get('sensor_key'), await secrets.isSet('sensor_key')]).toEqual(['abc', true])
          expect((await secrets.list()).map(({ name, isSet }) => [name, isSet])).toEqual([
            ['sensor_key', true],
            ['user_key', false],
          ])
          expect([await secrets.delete('sensor_key'), await secrets.delete('sensor_key')]).toEqual([true, false])
          expect(await secrets.get('sensor_key')).toBeNull()
        }),
    )
    cell(
      ['secrets.get', 'secrets.set', 'secrets.delete'],
      'bad input',
      'a name that is not declared, and a secret that only the user writes',
      () =>
        bench.run(async ({ secrets }) => {
          await fails(secrets.get('other'), sdk.SecretNotDeclaredError)
          await fails(secrets.set('other', 'x'), sdk.SecretNotDeclaredError)
          await fails(secrets.delete('other'), sdk.SecretNotDeclaredError)
          await fails(secrets.set('user_key', 'x'), sdk.SecretWriteForbidden)
          await fails(secrets.delete('user_key'), sdk.SecretWriteForbidden)
        }),
    )
    cell(
      ['secrets.get', 'secrets.set', 'secrets.delete'],
      'limit',
      'a value has at most as many bytes as declared, and no error carries it',
      () =>
        bench.run(async ({ secrets }) => {
          const value = 'é'.repeat(21)
          const error = await caught(secrets.set('sensor_key', value))
          expect(error).toBeInstanceOf(sdk.SecretValueTooLarge)
          expect(JSON.stringify([String(error), error])).not.toContain(value)
          await secrets.set('sensor_key', 'é'.repeat(20))
          expect(await secrets.get('sensor_key')).toBe('é'.repeat(20))
          expect(await secrets.delete('sensor_key')).toBe(true)
        }),
    )
    cell(
      ['secrets.get', 'secrets.set', 'secrets.delete'],
      'unavailability',
      '[I-SECRETS-VAULT-DEPENDENCY] fails closed: no old value while the vault is away',
      () =>
        bench.run(async ({ secrets }) => {
          await secrets.set('sensor_key', 'abc')
          await secrets.get('sensor_key')
          await bench.without('secrets', async () => {
            await fails(secrets.get('sensor_key'), sdk.SecretVaultUnavailable)
            await fails(secrets.set('sensor_key', 'x'), sdk.SecretVaultUnavailable)
            await fails(secrets.delete('sensor_key'), sdk.SecretVaultUnavailable)
          })
          await secrets.delete('sensor_key')
        }),
    )
  })

  describe('secrets.isSet and list', () => {
    test('say which of the declared ones are there, and never a value', () =>
      bench.run(async ({ secrets }) => {
        await secrets.delete('sensor_key')
        expect(await secrets.isSet('sensor_key')).toBe(false)
        await secrets.set('sensor_key', 'canary-7')
        expect(await secrets.isSet('sensor_key')).toBe(true)
        const known = await secrets.list()
        expect(known.map(({ name }) => name)).toContain('sensor_key')
        expect(JSON.stringify(known)).not.toContain('canary-7')
        await secrets.delete('sensor_key')
      }))
    test('a name that is not declared throws', () =>
      bench.run(async ({ secrets }) => {
        await fails(secrets.isSet('other_key'), sdk.SecretNotDeclaredError)
      }))
  })
}
