import { expect, test } from 'vitest'
import type { KernelParts } from '../parts.ts'
import { alertCascade } from './cascade-alert.ts'
import type { VerifiedCall } from './stages.ts'

test('[K3.41] a version that goes on breaking is told once a minute, with how often; another one is told beside it', async () => {
  const told: { app: string; failures: number }[] = []
  let now = 0
  const parts = {
    clock: { now: () => now },
    registry: { liveApps: async () => [] },
    log: { error: (line: { app: string; failures: number }) => void told.push(line) },
  } as unknown as KernelParts // what the alert looks at
  const failed = (appId: string) =>
    alertCascade(parts, {
      executed: {
        answer: { ok: false, code: 'EXT_THREW' },
        confirmed: {
          pass: { callId: 'cal_1', traceId: '0'.repeat(16) },
          use: { app: { appId }, version: { version: '1.0.0' } },
          handler: { functionName: 'go' },
        },
      },
      verdict: { errorCode: 'INTERNAL', status: 'failed' },
    } as unknown as VerifiedCall) // the same
  for (let n = 0; n < 50; n++) await failed('loud')
  await failed('other')
  now += 60_000
  await failed('loud')
  now += 60_000
  await failed('loud')
  expect(told.map(({ app, failures }) => [app, failures])).toEqual([
    ['loud', 1],
    ['other', 1],
    ['loud', 50],
    ['loud', 1],
  ])
})
