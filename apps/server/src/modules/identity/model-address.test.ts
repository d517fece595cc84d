import { expect, test } from 'vitest'
import { checkedModelAddress } from './model-address.ts'

test.each([
  'http://example.com/v1',
  'https://127.0.0.1/v1',
  'https://127.1/v1',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://10.0.0.8/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest',
  'https://100.64.0.1/',
  'https://224.0.0.1/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[fd00::1]/',
  'https://localhost/',
  'https://localhost./',
  'https://metadata.google.internal/',
  'https://printer.local/',
  'https://user:key@example.com/',
  'ftp://example.com/',
  'example.com',
])('%s is refused', (address) => {
  expect(() => checkedModelAddress(address, false)).toThrow(/base_url is refused/)
})

test('a public https address is taken, without its trailing slash', () => {
  expect(checkedModelAddress('https://models.example.com/v1/', false)).toBe('https://models.example.com/v1')
  expect(checkedModelAddress('https://8.8.8.8', false)).toBe('https://8.8.8.8')
})

test('the operator may allow private addresses, but no credentials in them', () => {
  expect(checkedModelAddress('http://127.0.0.1:11434/v1', true)).toBe('http://127.0.0.1:11434/v1')
  expect(() => checkedModelAddress('http://user:key@127.0.0.1/', true)).toThrow('user name')
})
