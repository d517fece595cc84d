import { TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import notes from '../main.ts'

const harness = () => new TestHarness(notes, { now: '2026-06-01T10:00:00Z' })
const data = async (result: Promise<unknown>) => {
  const answer = (await result) as { status: string; data: Record<string, unknown>; error?: string }
  expect(answer.status, answer.error).toBe('success')
  return answer.data
}

test('a note is created, found by any of its words, read, changed and deleted', async () => {
  const app = harness()
  const { note_id } = await data(
    app.call('create_note', {
      title: 'Taxes 2026',
      content_text: 'Ask **Ada** about the form',
      tags: ['#Money', 'money'],
    }),
  )
  expect(await data(app.call('search_notes', { query: 'ada FORM' }))).toMatchObject({
    total: 1,
    notes: [{ note_id, tags: ['money'] }],
  })
  expect(await data(app.call('search_notes', { query: 'ada invoice' }))).toMatchObject({ total: 0 })
  await data(app.call('update_note', { note_id, title: 'Taxes', pinned: true }))
  expect(await data(app.call('get_note', { note_id }))).toMatchObject({
    title: 'Taxes',
    content_text: 'Ask **Ada** about the form',
    pinned: true,
  })
  expect(await app.call('delete_note', { note_id, title: 'Recipes' })).toMatchObject({
    status: 'error',
    errorCode: 'NOTE_TITLE_DIFFERS',
  })
  await data(app.call('delete_note', { note_id, title: 'Taxes' }))
  expect(await app.call('get_note', { note_id })).toMatchObject({ status: 'error', errorCode: 'NOTE_NOT_FOUND' })
  expect(await app.call('delete_note', { note_id })).toMatchObject({ status: 'error', errorCode: 'NOTE_NOT_FOUND' })
})

test('the list shows of a note what a reader of its drawn text sees', async () => {
  const app = harness()
  const texts = {
    table: '## Shopping\n\n| What | How much |\n|:-----|---------:|\n| Oat milk | 2 |\n\nSoon.',
    list: '- [ ] call **Ada**\n- [x] see [the form](https://example.org/form)\n\n---\n\n```js\nrun()\n```',
  }
  for (const [title, content_text] of Object.entries(texts))
    await data(app.call('create_note', { title, content_text }))
  const drawn = JSON.stringify(await app.panel('sidebar'))
  expect(drawn).toContain('"Shopping What · How much Oat milk · 2 Soon."')
  expect(drawn).toContain('"call Ada see the form run()"')
})

test('ten additions to one note all arrive', async () => {
  const app = harness()
  const { note_id } = await data(app.call('create_note', { title: 'Log' }))
  for (let index = 0; index < 10; index++) await data(app.call('append_to_note', { note_id, text: `line ${index}` }))
  const { content_text } = await data(app.call('get_note', { note_id }))
  expect(String(content_text).split('\n\n')).toHaveLength(10)
})

test('deleting a folder keeps its notes', async () => {
  const app = harness()
  const { folder_id } = await data(app.call('create_folder', { name: 'Home' }))
  expect(await app.call('create_folder', { name: 'home' })).toMatchObject({
    status: 'error',
    errorCode: 'FOLDER_EXISTS',
  })
  const { note_id } = await data(app.call('create_note', { title: 'Keys', folder_id }))
  expect(await data(app.call('list_folders', {}))).toMatchObject({ folders: [{ name: 'Home', notes: 1 }] })
  expect(await data(app.call('delete_folder', { folder_id }))).toMatchObject({ kept_notes: 1 })
  expect(await data(app.call('get_note', { note_id }))).toMatchObject({ folder_id: '' })
})

test('a note in a folder that does not exist is refused', async () => {
  expect(await harness().call('create_note', { title: 'A', folder_id: 'doc_nowhere' })).toMatchObject({
    status: 'error',
  })
})

test('the export holds every note with its tags', async () => {
  const app = harness()
  await data(app.call('create_note', { title: 'One', content_text: 'first', tags: ['a'] }))
  await data(app.call('create_note', { title: 'Two', content_text: 'second' }))
  const { markdown, count } = await data(app.call('export_notes', {}))
  expect(count).toBe(2)
  expect(markdown).toContain('# One\n\n#a\n\nfirst')
  expect(markdown).toContain('# Two')
})

test('the sidebar works without notes and without params, and opens a note', async () => {
  const app = harness()
  expect(JSON.stringify(await app.panel('sidebar'))).toContain('No notes yet')
  const { note_id } = await data(app.call('create_note', { title: 'Groceries' }))
  expect(JSON.stringify(await app.panel('sidebar'))).toContain('Groceries')
  expect(JSON.stringify(await app.panel('note', { note_id: note_id as string }))).toContain('Groceries')
  expect(JSON.stringify(await app.panel('note', { note_id: note_id as string, edit: true }))).toContain('update_note')
  expect(JSON.stringify(await app.panel('note', { note_id: 'gone' }))).toContain('does not exist')
  for (const panel of ['new_note', 'folders', 'export']) expect(await app.panel(panel)).toBeTruthy()
})

test('the form for a new note becomes the note; sent twice it makes one', async () => {
  const app = harness()
  const draft = '0195f2d4-6f3b-4c6a-9d2e-2b1f4f0c7a11'
  const panel = async (given: { draft?: string }) => JSON.stringify(await app.panel('new_note', given))
  expect(await panel({ draft })).toContain('"submit_label":"Create note"')
  const sent = { title: 'Ferry', content_text: 'Friday', draft }
  const [first, second] = [await data(app.call('create_note', sent)), await data(app.call('create_note', sent))]
  expect(second.note_id).toBe(first.note_id)
  expect(await data(app.call('list_notes', {}))).toMatchObject({ total: 1 })
  expect(await panel({ draft })).toContain('"title":"Ferry"')
  expect(await panel({ draft: '6a0f6a52-93f4-4f0a-8a65-0d5b6f7b8c01' })).toContain('"submit_label":"Create note"')
  // Without a draft the form is another one after each note.
  const bare = await panel({})
  await data(app.call('create_note', { title: 'Another' }))
  expect(await panel({})).not.toBe(bare)
  expect(await app.call('create_note', { title: 'x', draft: 'mine' })).toMatchObject({ status: 'error' })
})

test('installing writes one welcome note, also when the hook runs twice', async () => {
  const app = harness()
  await app.hook('onInstall')
  await app.hook('onInstall')
  expect(await data(app.call('list_notes', {}))).toMatchObject({ total: 1 })
  expect(await app.skeleton('notes')).toEqual({ notes: 1, folders: 0, newest_title: 'Welcome to Notes' })
  expect(await app.health()).toMatchObject({ status: 'ok' })
})

test('[ui 5.5] the note in the center is marked in the list', async () => {
  const app = harness()
  const draft = '0195f2d4-6f3b-4c6a-9d2e-2b1f4f0c7a11'
  const { note_id: milk } = await data(app.call('create_note', { title: 'Milk' }))
  const { note_id: ferry } = await data(app.call('create_note', { title: 'Ferry', draft }))
  expect(await app.marked('sidebar', 'note', { note_id: String(milk) })).toEqual([milk])
  expect(await app.marked('sidebar', 'new_note', { draft })).toEqual([ferry])
  for (const params of [{}, { draft: '' }, { note_id: 7 }])
    expect(await app.marked('sidebar', 'folders', params)).toEqual([])
})
