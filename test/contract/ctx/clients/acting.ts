import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}

/** Handlers without a person: what they see of all users, and how they act for one (sdk.md 3.3, 3.16). */
export function describeActing({ bench }: Suite): void {
  const own = (bed: string) => bench.run(({ store }) => store.create('acting', { bed }))
  const others = (bed: string) => bench.runAsOther(({ store }) => store.create('acting', { bed }))
  const users = async () => [
    await bench.run(async ({ user }) => user.imperalId),
    await bench.runAsOther(async ({ user }) => user.imperalId),
  ]

  describe('store.listUsers', () => {
    test('[I-LIST-USERS-1] gives the users who have documents in a collection, page by page, and all of the app', async () => {
      await own('a')
      await own('b')
      await others('c')
      const both = (await users()).sort()
      await bench.inSchedule(async ({ store, user }) => {
        expect(user.imperalId).toBe('__system__')
        expect((await all(store.listUsers('acting', { pageSize: 1 }))).sort()).toEqual(both)
        expect(await all(store.listUsers('nowhere'))).toEqual([])
        expect((await all(store.listUsers())).sort()).toEqual(both)
      })
    })
    test('[I-LIST-USERS-2] belongs to the system: everybody else gets ContextUnavailable with the name of the method', () =>
      bench.run(async ({ store }) => {
        const { listUsers } = store as sdk.SystemStoreClient
        expect(() => listUsers.call(store as sdk.SystemStoreClient)).toThrow(sdk.ContextUnavailable)
        expect(() => listUsers.call(store as sdk.SystemStoreClient)).toThrow(/store\.listUsers/)
      }))
    test('refuses a page below 1 and above 10,000, and a wrong collection', () =>
      bench.inSchedule(async ({ store }) => {
        for (const pageSize of [0, 10_001, 1.5])
          expect(() => store.listUsers('acting', { pageSize })).toThrow(sdk.ValidationError)
        expect(() => store.listUsers('a:b')).toThrow(sdk.ValidationError)
      }))
    test('throws StoreUnavailable', () =>
      bench.inSchedule(({ store }) =>
        bench.without('store', () => fails(all(store.listUsers('acting')), sdk.StoreUnavailable)),
      ))
  })

  describe('store.queryAll', () => {
    test('[I-LIST-USERS-3] gives the documents of all users with their owner, filtered', async () => {
      await own('oak')
      await others('oak')
      await others('elm')
      const both = (await users()).sort()
      await bench.inSchedule(async ({ store }) => {
        const page = await store.queryAll<{ bed: string }>('acting', { where: { bed: 'oak' } })
        expect(page.map(({ data }) => data.bed)).toEqual(['oak', 'oak'])
        expect(page.map(({ userId }) => userId).sort()).toEqual(both)
        expect(await store.query('acting')).toHaveLength(0)
      })
    })
    test('belongs to the system', () =>
      bench.run(async ({ store }) => {
        const system = store as sdk.SystemStoreClient
        await fails(system.queryAll('acting'), sdk.ContextUnavailable, { member: 'store.queryAll' })
      }))
    test('gives one page of 10,000 at most', () =>
      bench.inSchedule(async ({ store }) => {
        expect(await store.queryAll('acting', { limit: 1 })).toHaveLength(1)
        for (const limit of [0, 10_001])
          await fails(store.queryAll('acting', { limit }), sdk.ValidationError, { field: 'limit' })
      }))
    test('throws StoreUnavailable', () =>
      bench.inSchedule(({ store }) =>
        bench.without('store', () => fails(store.queryAll('acting'), sdk.StoreUnavailable)),
      ))
  })

  describe('asUser', () => {
    test('[I-AS-USER-1] is a context of that user: documents, notifications, cache, secrets and chat are theirs', async () => {
      const [ada = ''] = await users()
      await own('as-user')
      const [sent, said] = [bench.notified.length, bench.delivered.length]
      await bench.inSchedule(async (ctx) => {
        const user = ctx.asUser(ada)
        expect(user.user).toMatchObject({ imperalId: ada, attributes: { scoped_from: '__system__' } })
        expect(await user.store.count('acting', { bed: 'as-user' })).toBe(1)
        expect(await ctx.store.count('acting', { bed: 'as-user' })).toBe(0)
        await user.notify('yours')
        await user.deliverChatMessage('for you')
        await user.secrets.set('sensor_key', 'mine')
      })
      expect(bench.notified.slice(sent).map(({ message }) => message)).toEqual(['yours'])
      expect(bench.delivered.slice(said).map(({ text }) => text)).toEqual(['for you'])
      await bench.run(async ({ secrets }) => {
        expect(await secrets.get('sensor_key')).toBe('mine')
        await secrets.delete('sensor_key')
      })
      await bench.runAsOther(async ({ secrets }) => expect(await secrets.get('sensor_key')).toBeNull())
    })
    test('[I-AS-USER-2] refuses no user, the system and a second step; only the system has it', async () => {
      const [ada = ''] = await users()
      await bench.inSchedule(async (ctx) => {
        for (const id of ['', '__system__', undefined as never])
          expect(() => ctx.asUser(id)).toThrow(sdk.ValidationError)
        const user = ctx.asUser(ada) as unknown as sdk.SystemContext
        expect(() => user.asUser).toThrow(sdk.ContextUnavailable)
        expect(() => user.store.listUsers()).toThrow(sdk.ContextUnavailable)
      })
      await bench.run(async (ctx) =>
        expect(() => (ctx as unknown as sdk.SystemContext).asUser).toThrow(sdk.ContextUnavailable),
      )
    })
    test('what it reads fails like any other client during an outage', async () => {
      const [ada = ''] = await users()
      await bench.inSchedule((ctx) =>
        bench.without('store', () => fails(ctx.asUser(ada).store.count('acting'), sdk.StoreUnavailable)),
      )
    })
  })

  describe('forUser', () => {
    test('a webhook acts for the user whom it found out, as a whole and client by client', async () => {
      const [ada = ''] = await users()
      await own('for-user')
      const sent = bench.notified.length
      await bench.inWebhook(async (ctx) => {
        expect(ctx.user.imperalId).toBe('__webhook__')
        const user = ctx.forUser(ada)
        expect(user.user.attributes).toMatchObject({ scoped_from: '__webhook__' })
        expect(await user.store.count('acting', { bed: 'for-user' })).toBe(1)
        expect(await ctx.store.forUser(ada).count('acting', { bed: 'for-user' })).toBe(1)
        expect(await ctx.store.count('acting', { bed: 'for-user' })).toBe(0)
        await ctx.notify.forUser(ada)('from outside')
        await ctx.secrets.forUser(ada).set('sensor_key', 'hooked')
        expect(await user.secrets.get('sensor_key')).toBe('hooked')
        await user.secrets.delete('sensor_key')
      })
      expect(bench.notified.slice(sent).map(({ message }) => message)).toEqual(['from outside'])
    })
    test('refuses no user; a function has no such method, a user of a webhook no second step', async () => {
      const [ada = ''] = await users()
      await bench.inWebhook(async (ctx) => {
        expect(() => ctx.forUser('')).toThrow(sdk.ValidationError)
        expect(() => (ctx.forUser(ada) as unknown as sdk.WebhookContext).forUser).toThrow(sdk.ContextUnavailable)
      })
      await bench.run(async (ctx) => {
        const webhook = ctx as unknown as sdk.WebhookContext
        expect(() => webhook.forUser).toThrow(sdk.ContextUnavailable)
        expect(() => webhook.store.forUser(ada)).toThrow(sdk.ContextUnavailable)
      })
    })
    test('throws StoreUnavailable', async () => {
      const [ada = ''] = await users()
      await bench.inWebhook((ctx) =>
        bench.without('store', () => fails(ctx.forUser(ada).store.count('acting'), sdk.StoreUnavailable)),
      )
    })
  })
}
