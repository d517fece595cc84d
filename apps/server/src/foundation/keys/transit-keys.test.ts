import { randomBytes } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { type Mood, startKeyService } from '../../../../../test/support/key-service.ts'
import { openTransitKeys } from './index.ts'

const service = await startKeyService()
afterAll(() => service.close())
beforeEach(() => {
  service.mood = 'well'
})

const open = (token = service.token, timeoutMs = 20_000) =>
  openTransitKeys({ url: service.url, key: 'imperal', token: () => token, timeoutMs })
const keys = open()
const dataKey = randomBytes(32)

describe('[K8.10] a key service that speaks the protocol of a transit engine', () => {
  test('wraps a data key, gives it back, and never sees a value', async () => {
    const wrapped = await keys.wrap(dataKey, 'of a')
    expect(wrapped).toMatchObject({ wrapped: expect.stringMatching(/^vault:v1:/), wrappedBy: 'transit:imperal:v1' })
    expect(await keys.unwrap(wrapped, 'of a')).toEqual(dataKey)
    expect(JSON.stringify(wrapped)).not.toContain(dataKey.toString('base64'))
  })

  test('what was wrapped for one place does not open in another', async () => {
    const wrapped = await keys.wrap(dataKey, 'of a')
    await expect(keys.unwrap(wrapped, 'of b')).rejects.toMatchObject({ code: 'KEYS_SERVICE_UNAVAILABLE' })
  })

  test('older versions of the key go on opening after a rotation', async () => {
    const before = await keys.wrap(dataKey, 'of a')
    const id = await keys.rotate()
    expect(id).toBe(await keys.currentKeyId())
    expect(id).not.toBe(before.wrappedBy)
    expect(await keys.unwrap(before, 'of a')).toEqual(dataKey)
    expect((await keys.wrap(dataKey, 'of a')).wrappedBy).toBe(id)
  })

  test('a key of another name is not asked for', async () => {
    const asked = service.asked.length
    const foreign = { wrapped: 'vault:v1:AAAA', wrappedBy: 'transit:other:v1' }
    await expect(keys.unwrap(foreign, 'of a')).rejects.toMatchObject({ code: 'KEYS_FOREIGN' })
    expect(service.asked).toHaveLength(asked)
  })
})

describe('[S000-149] [K8.14] [I-SECRETS-VAULT-DEPENDENCY] a key service in trouble fails closed', () => {
  test.each<Mood>(['sealed', 'forbidden', 'slow', 'other-key', 'nonsense', 'endless', 'redirect'])(
    '%s',
    async (mood) => {
      const wrapped = await keys.wrap(dataKey, 'of a')
      service.mood = mood
      const asking = mood === 'slow' ? open(service.token, 100) : keys
      const error = await asking.unwrap(wrapped, 'of a').catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'KEYS_SERVICE_UNAVAILABLE', kind: 'unavailable' })
      for (const word of [service.token, wrapped.wrapped, dataKey.toString('base64')])
        expect(`${error.message} ${JSON.stringify(error.details)} ${error.stack}`).not.toContain(word)
      if (mood !== 'other-key')
        await expect(asking.wrap(dataKey, 'of a')).rejects.toMatchObject({ code: 'KEYS_SERVICE_UNAVAILABLE' })
    },
  )

  test('gone, and there again', async () => {
    const wrapped = await keys.wrap(dataKey, 'of a')
    await service.goAway()
    await expect(keys.unwrap(wrapped, 'of a')).rejects.toMatchObject({ code: 'KEYS_SERVICE_UNAVAILABLE' })
    await service.comeBack()
    expect(await keys.unwrap(wrapped, 'of a')).toEqual(dataKey)
  })

  test('a token that the service does not know', async () => {
    const stranger = open('hvs.wrong')
    await expect(stranger.wrap(dataKey, 'of a')).rejects.toMatchObject({ message: expect.stringContaining('403') })
  })
})
