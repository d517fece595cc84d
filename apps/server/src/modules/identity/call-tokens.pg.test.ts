import { createHmac, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import { openCallTokens } from './call-tokens.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection)
const clock = manualClock(1_800_000_000_000)
const told: object[] = []
const log = { error: (facts: object) => void told.push(facts) } as never // only what was refused is told
const tokens = openCallTokens({ db, clock, log, secrets: ['the-current-secret', 'the-one-before'] })

const now = () => Math.floor(clock.now() / 1000)
const claims = (changes: object = {}) => ({
  app_id: 'notes',
  exp: now() + 60,
  iat: now(),
  jti: randomUUID(),
  tool_type: 'panel',
  user_id: 'imp_u_abc123',
  ...changes,
})
const sign = (payload: unknown, secret = 'the-current-secret') => {
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url')
  return `ImperalCallToken ${encoded}.${createHmac('sha256', secret).update(encoded).digest('base64url')}`
}
const codeOf = (header: string | undefined) =>
  tokens.redeem(header).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )

test('[api 1.8] [I-CALL-TOKEN-ROTATION] a token of the current secret, and of the one before, tells what it was made for', async () => {
  const expected = { appId: 'notes', userId: 'imp_u_abc123', toolType: 'panel' }
  expect(await tokens.redeem(sign(claims()))).toEqual(expected)
  expect(await tokens.redeem(sign(claims(), 'the-one-before'))).toEqual(expected)
})

test('[api 1.8] [I-CALL-TOKEN-REPLAY-PROTECTION] it works once, also when ten present it at once, and every further time is counted and told', async () => {
  const token = sign(claims())
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => codeOf(token)))
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1)
  expect(new Set(outcomes)).toEqual(new Set(['accepted', 'IDENTITY_CALL_TOKEN_REPLAYED']))
  expect(tokens.replayed()).toBe(9)
  expect(told).toHaveLength(9)
  expect(told[0]).toEqual({ app: 'notes', user: 'imp_u_abc123', tool_type: 'panel' })
})

test('[api 1.8] there is no tolerance for an expired one', async () => {
  const token = sign(claims({ exp: now() + 1 }))
  clock.advance(1_000)
  expect(await codeOf(token)).toBe('IDENTITY_CALL_TOKEN_EXPIRED')
})

test('[api 1.8] [I-CALL-TOKEN-HMAC] tampered, foreign, oversized and misshapen ones are refused before anything is written', async () => {
  const good = sign(claims())
  const wrong = [
    undefined,
    '',
    'Bearer x.y',
    good.replace('ImperalCallToken ', ''),
    sign(claims(), 'some-other-secret'),
    good.slice(0, -1),
    `${good}.x`,
    sign({ ...claims(), role: 'admin' }),
    sign(claims({ jti: 'short' })),
    sign(claims({ tool_type: 'admin' })),
    sign(claims({ exp: '99999999999' })),
    sign(claims({ exp: 99_999_999_999_999 })),
    sign(claims({ iat: 99_999_999_999_990, exp: 99_999_999_999_999 })),
    sign(claims({ exp: now() + 3_601 })),
    sign(claims({ iat: now() + 60 })),
    sign(claims({ app_id: 'a'.repeat(2_000) })),
    `ImperalCallToken ${Buffer.from('not json').toString('base64url')}.${createHmac('sha256', 'the-current-secret').update(Buffer.from('not json').toString('base64url')).digest('base64url')}`,
  ]
  for (const header of wrong)
    expect([header?.slice(0, 60), await codeOf(header)]).toEqual([header?.slice(0, 60), 'IDENTITY_CALL_TOKEN_INVALID'])
})

test('[api 1.8] an installation without a secret accepts none', async () => {
  const without = openCallTokens({ db, clock, log, secrets: [] })
  await expect(without.redeem(sign(claims()))).rejects.toMatchObject({ code: 'IDENTITY_CALL_TOKEN_INVALID' })
  await db.close()
})
