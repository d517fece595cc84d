import { expect, test } from 'vitest'
import { IniFile } from './ini-file.ts'

const WRITTEN = `# mine
[default]
gateway_url = https://cloud.example.com
api_key=a=b ; c

; another
[http://127.0.0.1:4780]
email: ada@example.com
`

test('sections and values are read as they stand, whatever people wrote around them', () => {
  const file = new IniFile(WRITTEN.replace('email:', 'email =').replaceAll('\n', '\r\n'))
  expect(Object.fromEntries(file.sections())).toEqual({
    default: { gateway_url: 'https://cloud.example.com', api_key: 'a=b ; c' },
    'http://127.0.0.1:4780': { email: 'ada@example.com' },
  })
  expect(() => new IniFile(WRITTEN)).toThrow('line 8 is neither')
})

test('a value is changed, added and taken away where it belongs; comments stay', () => {
  const file = new IniFile('# mine\n[default]\nkey = 1\nkey = 2\n\n[other]\nkey = 3\n')
  file.set('default', { key: '4', more: '5' })
  file.set('new', { key: '6' })
  expect(String(file)).toBe('# mine\n[default]\nkey = 4\nmore = 5\n\n[other]\nkey = 3\n\n[new]\nkey = 6\n')
  file.set('default', { key: undefined, absent: undefined })
  file.remove('other')
  file.remove('absent')
  expect(String(file)).toBe('# mine\n[default]\nmore = 5\n\n[new]\nkey = 6\n')
  file.remove('new')
  expect(String(file)).toBe('# mine\n[default]\nmore = 5\n')
})

test('an empty file begins with its first section', () => {
  const file = new IniFile('')
  expect(String(file)).toBe('')
  file.set('default', { key: 'value' })
  expect(String(file)).toBe('[default]\nkey = value\n')
})
