import * as sdk from '@imperal/sdk'
import { describe, expect } from 'vitest'
import type { Suite } from '../suite.ts'

export function describeWebhookUrl({ bench, cell }: Suite): void {
  describe('webhookUrl', () => {
    cell('webhookUrl', 'success', 'is the public address of a path, with or without its slash', () =>
      bench.run(async (ctx) => {
        expect(ctx.webhookUrl('/sensor')).toMatch(/^https?:\/\/[^/]+\/v1\/ext\/garden-log\/webhook\/sensor$/)
        expect(ctx.webhookUrl('sensor')).toBe(ctx.webhookUrl('/sensor'))
      }),
    )
    cell('webhookUrl', 'bad input', 'refuses what is no path', () =>
      bench.run(async (ctx) => {
        expect(() => ctx.webhookUrl(7 as never)).toThrow(sdk.ValidationError)
        expect(() => ctx.webhookUrl('')).toThrow(sdk.ValidationError)
        expect(() => ctx.webhookUrl('../../../auth/me')).toThrow(sdk.ValidationError)
        expect(() => ctx.webhookUrl('sensor/./x')).toThrow(sdk.ValidationError)
        expect(ctx.webhookUrl('sensor/...')).toMatch(/\/webhook\/sensor\/\.\.\.$/)
      }),
    )
    // A manifest gives the path of a webhook an alphabet and no length, so the address of one has none either.
    cell('webhookUrl', 'limit', 'has none, as the path of a webhook has none: a long one comes back uncut', () =>
      bench.run(async (ctx) => {
        const path = `sensors/${'x'.repeat(500)}/in`
        expect(ctx.webhookUrl(path).endsWith(`/webhook/${path}`)).toBe(true)
      }),
    )
    cell('webhookUrl', 'unavailability', 'asks nobody: it answers during an outage', () =>
      bench.run((ctx) => bench.without('store', async () => expect(ctx.webhookUrl('a')).toContain('/webhook/a'))),
    )
  })
}
