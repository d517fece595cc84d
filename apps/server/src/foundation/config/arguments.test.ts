import { expect, test } from 'vitest'
import { readArguments, readSettings, SettingsError } from './index.ts'

test('roles and ports may be given on the command line, and win over the environment', () => {
  const given = readArguments(['--roles', 'gateway, kernel', '--port', '5780'])
  const settings = readSettings({ IMPERAL_ROLES: 'worker', PORT: '1', ...given })
  expect(settings).toMatchObject({ IMPERAL_ROLES: ['gateway', 'kernel'], PORT: 5780 })
  expect(readSettings({}).IMPERAL_ROLES).toEqual(['gateway', 'kernel', 'worker'])
})

test('what is no argument or no role is refused with what there is', () => {
  expect(() => readArguments(['--role', 'gateway'])).toThrow(/--roles, --port/)
  expect(() => readArguments(['gateway'])).toThrow(SettingsError)
  expect(() => readSettings({ IMPERAL_ROLES: 'gateway,cook' })).toThrow(/IMPERAL_ROLES/)
})

test('[S000-161] the public address is that of IMPERAL_PUBLIC_HOST, else where the server listens', () => {
  const publicUrl = (env: Record<string, string>) => readSettings(env).publicUrl
  expect(publicUrl({ IMPERAL_PUBLIC_HOST: 'panel.imperal.io' })).toBe('https://panel.imperal.io')
  expect(publicUrl({ IMPERAL_PUBLIC_HOST: 'a.example', IMPERAL_PUBLIC_URL: 'https://b.example' })).toBe(
    'https://b.example',
  )
  expect(publicUrl({ PORT: '5780' })).toBe('http://127.0.0.1:5780')
})
