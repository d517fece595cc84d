import { expect, test } from 'vitest'
import { createAddressPolicy } from './address-policy.ts'
import { atMost, checkedAddress } from './connect.ts'

test('names whose servers are silent take no more than their share of threads, and everybody gets a turn', async () => {
  const answers: (() => void)[] = []
  let most = 0
  let running = 0
  const resolve = atMost(2, async (name) => {
    most = Math.max(most, ++running)
    await new Promise<void>((answer) => answers.push(answer))
    running--
    if (name === 'bad') throw new Error('no such name')
    return [{ address: '192.0.2.1', family: 4 }]
  })
  const all = ['a', 'bad', 'b', 'bad', 'c'].map((name) => resolve(name))
  const settled = Promise.allSettled(all)
  for (let index = 0; index < all.length; index++) {
    await expect.poll(() => answers.length).toBeGreaterThan(0)
    answers.shift()?.()
  }
  expect((await settled).map((one) => one.status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(most).toBe(2)
})

test('a host of another protocol is connected to by the address that was checked', async () => {
  const policy = createAddressPolicy({ allowPrivate: false, allow: [] })
  const names: Record<string, string[]> = {
    'mail.example.com': ['93.184.215.14'],
    'mixed.example.com': ['93.184.215.14', '10.0.0.7'],
    'empty.example.com': [],
  }
  const resolve = async (name: string) => (names[name] ?? []).map((address) => ({ address, family: 4 }))
  const ask = (host: string) => checkedAddress(policy, resolve, host)
  expect(await ask('mail.example.com')).toBe('93.184.215.14')
  expect(await ask(' [2606:4700::1111] ')).toBe('2606:4700::1111')
  for (const host of [
    'mixed.example.com',
    '127.0.0.1',
    '::1',
    '169.254.169.254',
    '[::ffff:10.0.0.1]',
    'localhost',
    'db.internal',
  ])
    await expect(ask(host), host).rejects.toMatchObject({ code: 'EGRESS_REFUSED' })
  // Spellings of an address that are no address here are names, and are checked as what they resolve to.
  const loopback = async () => [{ address: '127.0.0.1', family: 4 }]
  for (const host of ['0x7f000001', '2130706433', '127.1'])
    await expect(checkedAddress(policy, loopback, host), host).rejects.toMatchObject({ code: 'EGRESS_REFUSED' })
  await expect(ask('empty.example.com')).rejects.toMatchObject({ code: 'EGRESS_UNREACHABLE' })
})
