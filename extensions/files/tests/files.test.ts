import { ValidationError } from '@imperal/sdk'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import files from '../main.ts'
import { FilePath, listFiles, moveFile, readFile, writeFile } from '../src/functions.ts'
import { keepFile, uploadFiles } from '../src/upload.ts'

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

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64')
const upload = (name: string, content: string | Uint8Array, mime_type = 'application/octet-stream') => ({
  ...{ name, mime_type, data_base64: base64(content) },
})

test('uploads keep their bytes and their kind, and what was there already stays', async () => {
  const ctx = mockContext({ extension: files })
  const picture = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff)
  expect(
    await uploadFiles(ctx, {
      folder: 'trip',
      files: [upload('a.png', picture, 'image/png'), upload('list.md', '# Ü')],
    }),
  ).toMatchObject({ summary: 'Kept trip/a.png.\nKept trip/list.md.' })
  expect(await ctx.storage.download('trip/a.png')).toEqual(picture)
  expect(await uploadFiles(ctx, { folder: 'trip', files: [upload('list.md', 'other'), upload('x.bin', picture)] }))
    // Both sentences: what a person sees is the same as what they have.
    .toMatchObject({
      summary: 'Kept trip/list (2).md; the file trip/list.md that was there already stays.\nKept trip/x.bin.',
    })
  expect((await readFile(ctx, { path: 'trip/list.md' })).data).toMatchObject({ text: '# Ü' })
  const { data } = await listFiles(ctx, {})
  expect((data as { files: { path: string; content_type: string }[] }).files).toMatchObject([
    { path: 'trip/a.png', content_type: 'image/png' },
    { path: 'trip/list (2).md', content_type: 'text/markdown' },
    { path: 'trip/list.md', content_type: 'text/markdown' },
    { path: 'trip/x.bin', content_type: 'application/octet-stream' },
  ])
})

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\boot\\a\u0007b.txt', 'ab.txt'],
  ['..', 'file'],
  [`${'long '.repeat(60)}.jpeg`, expect.stringMatching(/^long .{100,}\.jpeg$/)],
])('an upload called %j is kept in the folder', async (name, kept) => {
  const ctx = mockContext({ extension: files })
  expect(await uploadFiles(ctx, { files: [upload(name, 'x')] })).toMatchObject({ data: { files: [{ path: kept }] } })
})

test('an upload that is too large, or for which there is no room, is refused with all that came along', async () => {
  const ctx = mockContext({ extension: files })
  const small = upload('small.txt', 'x')
  expect(await uploadFiles(ctx, { files: [small, upload('big.bin', new Uint8Array(2_621_441))] })).toMatchObject({
    errorCode: 'FILE_REFUSED',
    error: expect.stringMatching(/^None of these files was kept.* big\.bin: A file may have at most 2\.5 MB here/),
  })
  const full = mockContext({ extension: files })
  const { storage } = full
  let room = 1
  const crowded = {
    ...storage,
    upload: (...args: Parameters<typeof storage.upload>) => {
      room -= 1
      return room < 0 ? Promise.reject(new ValidationError('path', 'There is no room.')) : storage.upload(...args)
    },
  }
  const ctxWithout = Object.create(full, { storage: { value: crowded } }) as typeof full
  expect(await uploadFiles(ctxWithout, { files: [small, upload('second.txt', 'y')] })).toMatchObject({
    error: 'None of these files was kept, because of one. second.txt: There is no room.',
  })
  expect(await listFiles(full, {})).toMatchObject({ data: { total: 0 } })
})

test('an attached file is kept; what is attached and not kept is not listed, and no path leads there', async () => {
  const ctx = mockContext({ extension: files })
  await ctx.storage.upload('.incoming/1/film.mp4', 'film', { contentType: 'video/mp4' })
  expect(await listFiles(ctx, {})).toMatchObject({ data: { total: 0 } })
  expect(await keepFile(ctx, { file: '.incoming/1/film.mp4', folder: 'films' })).toMatchObject({
    data: { path: 'films/film.mp4', content_type: 'video/mp4' },
  })
  expect(await keepFile(ctx, { file: 'films/film.mp4' })).toMatchObject({ errorCode: 'FILE_NOT_FOUND' })
  expect(FilePath.safeParse('.incoming/1/film.mp4').success).toBe(false)
})

test('a page that shows a file shows it at its new place, and nothing once it is deleted', async () => {
  const app = new TestHarness(files)
  const page = async (path: string) => JSON.stringify(await app.panel('file', { path }))
  await app.call('write_file', { path: 'a.md', text: 'first' })
  await app.call('move_file', { path: 'a.md', to: 'b/c.md' })
  expect(await page('a.md')).toContain('"title":"c.md"')
  await app.call('write_file', { path: 'a.md', text: 'second' })
  expect(await page('a.md')).toContain('second')
  await app.call('delete_file', { path: 'a.md' })
  expect(await page('a.md')).toContain('does not exist any more')
  expect(await page('b/c.md')).toContain('first')
})

test('[ui 5.5] the file in the center is marked in the list', async () => {
  const app = new TestHarness(files)
  for (const path of ['letters/a.md', 'a.md']) await app.call('write_file', { path, text: 'x' })
  expect(await app.marked('browse', 'file', { path: 'a.md' })).toEqual(['a.md'])
  expect(await app.marked('browse', 'upload', {})).toEqual([])
})

test('nobody is asked to confirm the deletion of a file that is not there', async () => {
  const ctx = mockContext({ extension: files })
  await ctx.storage.upload('a/b.md', 'x')
  const check = async (path: string) => files.exposed.get('check_delete_file')?.handler(ctx, { path })
  expect(await check('a/b.md')).toEqual({})
  expect(await check('a/c.md')).toMatchObject({ status: 'error', errorCode: 'FILE_NOT_FOUND' })
  expect(await check('a/b.m')).toMatchObject({ errorCode: 'FILE_NOT_FOUND' })
})
