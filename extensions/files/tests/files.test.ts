import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import files from '../main.ts'
import { FilePath, listFiles, moveFile, readFile, writeFile } from '../src/functions.ts'

test('a file is written, read, moved, and replaced only when asked to', async () => {
  const ctx = mockContext({ extension: files })
  expect(await writeFile(ctx, { path: 'letters/a.md', text: '# Hello' })).toMatchObject({
    data: { content_type: 'text/markdown', size: 7 },
  })
  expect(await writeFile(ctx, { path: 'letters/a.md', text: 'x' })).toMatchObject({
    error: 'letters/a.md is there already.',
  })
  await writeFile(ctx, { path: 'letters/a.md', text: 'Again', replace: true })
  await moveFile(ctx, { path: 'letters/a.md', to: 'b.md' })
  expect(await readFile(ctx, { path: 'b.md' })).toMatchObject({ data: { text: 'Again', truncated: false } })
  expect(await readFile(ctx, { path: 'letters/a.md' })).toMatchObject({ error: 'There is no file letters/a.md.' })
  expect(await listFiles(ctx, { search: 'B.' })).toMatchObject({ data: { total: 1, bytes: 5 } })
})

test.each(['../x', '/etc/passwd', 'a/../b', 'a/', 'a\\b', '..', 'a/./b'])('%j is no path', (path) => {
  expect(FilePath.safeParse(path).success).toBe(false)
})

test('the panel shows files by folder', async () => {
  const app = new TestHarness(files)
  await app.call('write_file', { path: 'letters/a.md', text: 'x' })
  expect(JSON.stringify(await app.panel('browse'))).toContain('"group":"letters"')
})
