import { expect, test } from 'vitest'
import { isNetwork, withinNetworks } from './networks.ts'
import { readSettings, SettingsError } from './settings.ts'

test('[api 1.6] networks are addresses, or addresses with the length of their prefix', () => {
  for (const good of ['10.0.0.0/8', '192.0.2.7', '::1', 'fd00::/8', '0.0.0.0/0', '::/0'])
    expect([good, isNetwork(good)]).toEqual([good, true])
  for (const bad of ['', 'localhost', '10.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/129', '10.0.0.0/-1'])
    expect([bad, isNetwork(bad)]).toEqual([bad, false])
})

test('an address is within one of them, also in the IPv6 form of IPv4; what is no address is in none', () => {
  const isWithin = withinNetworks(['10.0.0.0/8', 'fd00::/8', '192.0.2.7'])
  for (const inside of ['10.255.0.1', '::ffff:10.1.2.3', 'fd12::1', 'fd12::1%eth0', '192.0.2.7'])
    expect([inside, isWithin(inside)]).toEqual([inside, true])
  for (const outside of ['11.0.0.1', '::ffff:11.0.0.1', 'fe80::1', '192.0.2.8', '', 'unknown'])
    expect([outside, isWithin(outside)]).toEqual([outside, false])
})

test('[api 1.6] [api 1.8] [api 1.9] [api 3.24] the names of the specification are read, and wrong values are told with their setting', () => {
  const named = readSettings({
    SERVICE_ALLOWED_CIDRS: '10.0.0.0/8, ::1',
    CALLTOKEN_MULTIUSE_SECONDS: 'desk=30, mail=5',
    STORE_REQUIRE_USER: 'false',
    OAUTH_STATE_STRICT: 'false',
  })
  expect(named.IMPERAL_SERVICE_ALLOWED_CIDRS).toEqual(['10.0.0.0/8', '::1'])
  expect(named.IMPERAL_CALLTOKEN_MULTIUSE_SECONDS).toEqual({ desk: 30, mail: 5 })
  expect([named.IMPERAL_STORE_REQUIRE_USER, named.IMPERAL_OAUTH_STATE_STRICT]).toEqual([false, false])
  const usual = readSettings({})
  expect(usual.IMPERAL_SERVICE_ALLOWED_CIDRS).toBeUndefined()
  expect(usual.IMPERAL_CALLTOKEN_MULTIUSE_SECONDS).toBeUndefined()
  expect([usual.IMPERAL_STORE_REQUIRE_USER, usual.IMPERAL_OAUTH_STATE_STRICT]).toEqual([true, true])
  expect(readSettings({ CALLTOKEN_MULTIUSE_SECONDS: '9' }).IMPERAL_CALLTOKEN_MULTIUSE_SECONDS).toEqual({ '*': 9 })
  try {
    readSettings({ SERVICE_ALLOWED_CIDRS: '10.0.0.0/40', CALLTOKEN_MULTIUSE_SECONDS: 'desk=3601' })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError)
    expect((error as SettingsError).problems).toEqual([
      expect.stringContaining('IMPERAL_SERVICE_ALLOWED_CIDRS: 10.0.0.0/40'),
      expect.stringContaining('IMPERAL_CALLTOKEN_MULTIUSE_SECONDS: '),
    ])
  }
})

test('[ir 12] limits of declarative apps are read by name, and each wrong one is told', () => {
  expect(readSettings({}).IMPERAL_IR_LIMITS).toBeUndefined()
  expect(readSettings({ IMPERAL_IR_LIMITS: 'functions=5,wall_time_ms=60000' }).IMPERAL_IR_LIMITS).toEqual({
    functions: 5,
    wallTimeMs: 60_000,
  })
  expect(() => readSettings({ IMPERAL_IR_LIMITS: 'functions=0,wings=1' })).toThrow(
    /IMPERAL_IR_LIMITS: functions must be from 1 to 1000[\s\S]*IMPERAL_IR_LIMITS: there is no limit “wings”/,
  )
})
