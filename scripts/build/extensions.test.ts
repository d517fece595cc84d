import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildExtension, findExtensions } from './extensions.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const ICON = '<svg xmlns="http://www.w3.org/2000/svg"/>'
let checkout: string
let output: string
const write = (file: string, text: string): void => {
  const place = path.join(checkout, 'extensions', file)
  mkdirSync(path.dirname(place), { recursive: true })
  writeFileSync(place, text)
}
const built = () => JSON.parse(readFileSync(path.join(output, 'imperal.json'), 'utf8'))

beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'imperal-extension-'))
  output = path.join(checkout, '.imperal-build/extensions/probe')
  symlinkSync(path.join(CHECKOUT, 'node_modules'), path.join(checkout, 'node_modules'))
  write(
    'probe/main.ts',
    `import { Extension } from '@imperal/sdk'
     import { greeting } from './greeting.ts'
     export const ext = new Extension('probe', { version: '1.2.3', displayName: greeting, icon: 'icon.svg' })`,
  )
  write('probe/greeting.ts', `export const greeting: string = 'Hello'`)
  write('probe/icon.svg', ICON)
  write('not-an-extension/readme.md', '')
})
afterEach(() => rmSync(checkout, { recursive: true, force: true }))

test('a folder with a main.ts is an extension', () => {
  expect(findExtensions(checkout)).toEqual(['probe'])
})

test('gives what a deploy uploads: bundle, source map, manifest, icon', async () => {
  await buildExtension(checkout, 'probe', output)
  expect(readdirSync(output).sort()).toEqual(['bundle.js', 'bundle.js.map', 'icon.svg', 'imperal.json'])
  const manifest = { app_id: 'probe', version: '1.2.3', name: 'Hello', icon_size_bytes: ICON.length }
  expect(built()).toMatchObject(manifest)
  const map = JSON.parse(readFileSync(path.join(output, 'bundle.js.map'), 'utf8'))
  expect(map.sources.some((source: string) => source.endsWith('extensions/probe/greeting.ts'))).toBe(true)
})

test('keeps the marketplace fields of the file on disk, and what the code says wins', async () => {
  write('probe/imperal.json', JSON.stringify({ version: '0.0.1', category: 'productivity', tags: ['x'] }))
  await buildExtension(checkout, 'probe', output)
  expect(built()).toMatchObject({ version: '1.2.3', category: 'productivity', tags: ['x'] })
})

test('a second build sees the new source', async () => {
  await buildExtension(checkout, 'probe', output)
  write('probe/greeting.ts', `export const greeting = 'Good day'`)
  await buildExtension(checkout, 'probe', output)
  expect(built().name).toBe('Good day')
})

test('a broken source names its place, and the last good build stays', async () => {
  await buildExtension(checkout, 'probe', output)
  write('probe/greeting.ts', 'export const greeting = ')
  await expect(buildExtension(checkout, 'probe', output)).rejects.toThrow(/greeting\.ts:1:\d+/)
  expect(built().name).toBe('Hello')
})

test('an extension whose id is not its folder is refused', async () => {
  write('other/main.ts', `import { Extension } from '@imperal/sdk'\nexport default new Extension('probe', {})`)
  await expect(buildExtension(checkout, 'other', `${output}-2`)).rejects.toThrow(/declares the app id "probe"/)
})
