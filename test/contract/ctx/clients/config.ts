import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import type { Suite } from '../suite.ts'

export function describeConfig({ bench }: Suite): void {
  describe('config', () => {
    test('reads by dotted path, with a fallback, a section, and all of it', () =>
      bench.run(async ({ config }) => {
        expect([config.get('greeting'), config.get('limits.beds')]).toEqual(['Hello', 3])
        expect([config.get('absent'), config.get('absent', 'else')]).toEqual([undefined, 'else'])
        expect(config.getSection('limits')).toMatchObject({ beds: 3 })
        expect(config.getSection('absent')).toEqual({})
        expect(config.all()).toMatchObject({ greeting: 'Hello' })
      }))
    test('what is required and missing or null is a ValidationError; inherited members are no settings', () =>
      bench.run(async ({ config }) => {
        expect(config.require('limits.beds')).toBe(3)
        for (const name of ['absent', 'limits.none']) expect(() => config.require(name)).toThrow(sdk.ValidationError)
        expect(config.get('constructor')).toBeUndefined()
      }))
    test('what was handed out is a copy', () =>
      bench.run(async ({ config }) => {
        config.getSection('limits').beds = 9
        expect(config.get('limits.beds')).toBe(3)
      }))
    test('asks nobody: it answers during an outage', () =>
      bench.run(({ config }) => bench.without('store', async () => expect(config.get('greeting')).toBe('Hello'))))
  })
}
