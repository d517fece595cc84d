import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeModels({ bench }: Suite): void {
  describe('getLlmProvider', () => {
    const hello = [{ role: 'user', content: 'hello' }] as const
    test('[S003-074] a handler asks a model, whose answer comes in blocks', () =>
      bench.run(async () => {
        bench.model('Hello Ada')
        const answer = await sdk.getLlmProvider().createMessage({ messages: hello, system: 'Be brief.' })
        expect(answer.content).toEqual([{ type: 'text', text: 'Hello Ada' }])
        expect(answer.stopReason).toBe('end_turn')
        expect(answer.usage.inputTokens).toBeGreaterThan(0)
        expect(answer.model).not.toBe('')
      }))
    test('[S003-075] for routing, execution and navigation; another purpose counts as execution', () =>
      bench.run(async () => {
        const llm = sdk.getLlmProvider()
        llm.resetCallLog()
        for (const purpose of ['routing', 'execution', 'navigate', undefined, 'odd'])
          await llm.createMessage({ messages: hello, ...(purpose && { purpose: purpose as sdk.Purpose }) })
        expect(llm.getCallLog().map(({ purpose }) => purpose)).toEqual([
          'routing',
          'execution',
          'navigate',
          'default',
          'odd',
        ])
      }))
    test('[S003-076] asks for the acting user, whoever names the user; for another one it is AuthError', () =>
      bench.run(async ({ user }) => {
        const llm = sdk.getLlmProvider()
        expect((await llm.createMessage({ messages: hello, userId: user.imperalId })).content).toHaveLength(1)
        await fails(llm.createMessage({ messages: hello, userId: 'imp_u_somebody' }), sdk.AuthError)
      }))
    test('refuses no messages, a tool result that answers nothing, a choice of no tool', () =>
      bench.run(async () => {
        const llm = sdk.getLlmProvider()
        await fails(llm.createMessage({ messages: [] }), sdk.ValidationError, { field: 'messages' })
        await fails(llm.createMessage({ messages: [{ role: 'system' as never, content: 'x' }] }), sdk.ValidationError)
        await fails(
          llm.createMessage({ messages: hello, toolChoice: { type: 'tool', name: 'gone' } }),
          sdk.ValidationError,
          { field: 'toolChoice' },
        )
        await fails(llm.createMessage({ messages: hello, maxTokens: 0 }), sdk.ValidationError, { field: 'maxTokens' })
      }))
    test('each call has a log of its own, with what failed', async () => {
      await bench.run(async () => {
        bench.model('fine')
        const llm = sdk.getLlmProvider()
        await llm.createMessage({ messages: hello, purpose: 'routing' })
        await bench.without('ai', () => fails(llm.createMessage({ messages: hello }), sdk.APIError))
        expect(llm.getCallLog()).toMatchObject([
          { purpose: 'routing', isFailover: false, error: null },
          { purpose: 'default', inputTokens: 0, error: expect.stringMatching(/./) },
        ])
      })
      await bench.run(async () => expect(sdk.getLlmProvider().getCallLog()).toEqual([]))
    })
    test('knows the models of the platform, and never a key', () =>
      bench.run(async () => {
        const [provider] = sdk.getLlmProvider().getAvailableProviders()
        expect(provider).toMatchObject({ provider: 'openai_compatible', hasKey: true })
        expect(sdk.getRoutingModel()).toBe(provider?.routingModel)
        expect(sdk.isAirGapped()).toBe(true)
      }))
    test('throws APIError when no model answers', () =>
      bench.run(() =>
        bench.without('ai', () =>
          fails(sdk.getLlmProvider().createMessage({ messages: hello }), sdk.APIError, { statusCode: 503 }),
        ),
      ))
  })
}
