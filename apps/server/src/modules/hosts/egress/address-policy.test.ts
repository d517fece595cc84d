import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAddressPolicy } from './address-policy.ts'

const strict = createAddressPolicy({ allowPrivate: false, allow: [] })
const open = createAddressPolicy({ allowPrivate: true, allow: [] })

const CLOSED = [
  ...['127.0.0.1', '127.127.127.127', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.1.1', '100.64.0.1', '100.127.255.255', '192.0.0.1', '198.18.0.1', '224.0.0.1', '240.0.0.1'],
  ...['255.255.255.255', '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1'],
  ...['::ffff:0:127.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::a00:1', 'fc00::1', 'fd12::1'],
  ...['fe80::1', 'fec0::1', 'ff02::1', '2002:7f00:1::', '2001::1', '2001:db8::1', '3fff::1', '100::1', '5f00::1'],
]
const METADATA = [
  ...['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'],
  ...['fd20:ce::254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe', '::169.254.169.254'],
]
const PUBLIC = ['1.1.1.1', '8.8.8.8', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8']

describe('the addresses that may be connected to', () => {
  test.each(CLOSED)('%s is closed', (address) => expect(strict.refusal(address)).toEqual(expect.any(String)))
  test.each(METADATA)('%s is closed even when private networks are open', (address) => {
    expect(strict.refusal(address)).toEqual(expect.any(String))
    expect(open.refusal(address)).toEqual(expect.any(String))
  })
  test.each(PUBLIC)('%s is open', (address) => expect(strict.refusal(address)).toBeNull())

  test('what is no address is refused', () => {
    for (const text of ['', 'localhost', '1.2.3.4.5', '[::1]']) expect(strict.refusal(text)).toBe('not an address')
  })

  test('an allowed block opens itself only, in either spelling', () => {
    const policy = createAddressPolicy({ allowPrivate: false, allow: ['192.168.1.7', 'fd12::/32'] })
    expect(['192.168.1.7', '::ffff:192.168.1.7', 'fd12::5'].map((address) => policy.refusal(address))).toEqual([
      null,
      null,
      null,
    ])
    expect(policy.refusal('192.168.1.8')).toBe('a private network')
  })

  test('local names are refused whatever they resolve to', () => {
    const names = ['localhost', 'LOCALHOST.', 'a.localhost', 'printer.local', 'metadata.google.internal', 'x.home.arpa']
    for (const name of names) expect(strict.refusalOfName(name)).toBe('a local name')
    for (const name of ['example.com', 'internal.example.com', 'localhost.example'])
      expect(strict.refusalOfName(name)).toBeNull()
  })

  test('an IPv4 address is judged alike however IPv6 carries it', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const plain = strict.refusal(`${a}.${b}.${c}.${d}`) === null
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
        for (const carrier of [`::ffff:${hex}`, `64:ff9b::${hex}`, `::ffff:${a}.${b}.${c}.${d}`]) {
          expect([carrier, strict.refusal(carrier) === null]).toEqual([carrier, plain])
        }
      }),
    )
  })
})
