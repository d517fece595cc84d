import { expect, test } from 'vitest'
import type { CatalogFunction } from '../../kernel/index.ts'
import type { Fact } from '../messages.ts'
import { claimsUnknownPresence, presenceOf } from './presence.ts'
import { judgeTalk, truthfulStream } from './talk.ts'

const catalog = [
  ['mail', 'list_unread'],
  ['mail', 'send_mail'],
  ['notes', 'list_notes'],
  ['notes', 'search_notes'],
  ['tasks', 'list_tasks'],
  ['billing', 'list_invoices'],
].map(([appId, name]) => ({ appId, name })) as unknown as CatalogFunction[] // what the gate reads of a function
const skeletons = [
  '- mail.inbox (cached ~17s ago): unread=3, drafts=0, folders=list[6]',
  '- notes.notes (cached ~40s ago, OUTDATED): notes=12, folders=0, newest_title=Ideas, and more=0',
  '- tasks.tasks (freshness unknown): open_tasks=0, overdue=[]',
].join('\n')
const presence = (said = 'how is it going?', facts: readonly Fact[] = []) =>
  presenceOf({ skeletons, catalog, facts, said })
const falls = (sentence: string, known = presence()) => claimsUnknownPresence(sentence, known)

test.each([
  'There is unread mail.',
  'You have unread mail and notes.',
  'You have no open tasks.',
  'No drafts in your mail.',
  'You don’t have any overdue tasks.',
  'You have unread mail, but no open tasks.',
  'You have no drafts or open tasks.',
  'Du hast Notizen.',
  'No tienes tareas.',
])('[kernel 18.1] [K5.14] “%s” is what the sections hold, and stays', (text) => expect(falls(text)).toBe(false))

test.each([
  'You have no unread mail.',
  'Your unread mail is empty.',
  'There are open tasks for you.',
  'You have drafts in your mail.',
  'You have no notes.',
  'You have unread mail and open tasks.',
  'No notes, no problem.',
  'There is no unread mail.',
  'Du hast keine Notizen.',
  'Tienes tareas.',
  'Vous avez des tâches.',
])('[kernel 18.1] [I-AH-2] “%s” contradicts the sections, and falls', (text) => expect(falls(text)).toBe(true))

test.each(['You have unpaid invoices.', 'There are no invoices.', 'You have billing invoices.'])(
  '[kernel 18.1] [K2.10] “%s” is nothing that a section holds, and falls',
  (text) => expect(falls(text)).toBe(true),
)

test.each([
  'I can look at your notes and your mail.',
  'Do you have notes for me?',
  'If you have unread mail, I can list it.',
  'You have the apps Mail and Notes installed.',
  'There are functions for notes and invoices.',
  'You have a good point.',
  'There is nothing I like more.',
  'You have to open the notes first.',
  'No problem.',
  'Shall I list your invoices?',
])('“%s” says nothing of what is there, and stays', (text) => expect(falls(text)).toBe(false))

test('results of earlier calls are a basis where the sections say nothing, the person’s own words after them', () => {
  const invoices = (items: string[]): Fact => ({ app_id: 'billing', function: 'list_invoices', data: { items } })
  expect(falls('You have invoices.', presence('and?', [invoices(['one'])]))).toBe(false)
  expect(falls('You have no invoices.', presence('and?', [invoices(['one'])]))).toBe(true)
  expect(falls('You have no invoices.', presence('and?', [invoices([])]))).toBe(false)
  expect(falls('You have invoices.', presence('I have invoices to pay.'))).toBe(false)
  expect(falls('You have invoices.', presence('Do I have invoices?'))).toBe(true)
  // What a section holds now counts more than what was listed before.
  const none: Fact = { app_id: 'notes', function: 'list_notes', data: { items: [] } }
  expect(falls('You have no notes.', presence('and?', [none]))).toBe(true)
})

test('[kernel 18.1] the sentence is taken out and never streamed; a number is no matter of presence', () => {
  const grounds = { text: 'how is it going?', data: null, counts: [], presence: presence() }
  expect(judgeTalk('Hello. You have no unread mail. Ask me.', grounds)).toEqual({
    kind: 'trimmed',
    text: 'Hello. Ask me.',
  })
  expect(judgeTalk('There is unread mail.', grounds)).toEqual({ kind: 'fine', text: 'There is unread mail.' })
  expect(judgeTalk('You have 3 unread mails.', grounds)).toEqual({ kind: 'trimmed', text: '' })
  let shown = ''
  const stream = truthfulStream((delta) => {
    shown += delta
  }, grounds)
  for (const letter of 'Hello. There are open tasks for you. Ask me.') stream.onText(letter)
  stream.end()
  expect(shown).toBe('Hello. ')
})

test('no section is known: nothing may be said of things, in either direction', () => {
  const blind = presenceOf({ skeletons: '', catalog, facts: [], said: 'hello' })
  for (const text of ['You have notes.', 'You have no notes.']) expect(falls(text, blind)).toBe(true)
  expect(falls('Hello! How can I help?', blind)).toBe(false)
})

const titles = ['Milk', 'Rent', 'Garden', 'Trip', 'Taxes', 'Bread', 'Ideas'].map((title) => ({ title }))
const afterList = presenceOf({
  ...{ skeletons, catalog, facts: [], said: 'show me my notes' },
  read: [{ app_id: 'notes', function: 'list_notes', data: { notes: titles, total: 7 } }],
})

test.each([
  'You have no notes.',
  "You don't have any notes yet.",
  'There are no notes.',
  'No notes.',
  'No notes were found.',
  'I could not find any notes.',
  "I couldn't find a single note, so there are no notes.",
  'Your notes are empty.',
  'Nothing was found.',
  'There is nothing there.',
  'You have 0 notes.',
  'You have 1 note.',
  'You have one note.',
  'There is only one note in total.',
  'You have three notes.',
  'You have no notes about milk.',
  'Du hast keine Notizen.',
  'Es gibt keine Notizen mehr.',
  'Ich habe keine Notizen gefunden.',
  'Es wurde nichts gefunden.',
  'Du hast eine Notiz.',
  'No tienes notas.',
  'No se encontraron notas.',
  'Vous n’avez aucune note : il n’y a pas de notes.',
  "Je n'ai trouvé aucune note.",
  'У вас нет заметок.',
  'Ничего не найдено.',
  'لا توجد نتائج.',
  '没有找到。',
  '何も見つかりませんでした。',
  'Nothing yet.',
  'Nichts da.',
])('[I-AH-2] after a list of seven, “%s” falls', (text) => expect(falls(text, afterList)).toBe(true))

test.each([
  'You have seven notes.',
  'You have 7 notes in total.',
  'There are notes about milk and bread.',
  'You have one note about milk.',
  'You have no notes about elephants.',
  'I found your notes.',
  'Du hast sieben Notizen.',
  'None of them is about elephants.',
  'Nothing is overdue.',
  'Nothing urgent.',
  'None failed.',
  'Nichts Dringendes.',
  'Milk, Rent and Garden are the newest.',
])('[K3.45] after a list of seven, “%s” stays', (text) => expect(falls(text, afterList)).toBe(false))

test('[I-AH-2] after an empty list, that there are some falls, and that there are none stays', () => {
  const read = [{ app_id: 'notes', function: 'list_notes', data: { notes: [], total: 0 } }]
  // What was read now counts more than the section, which knows of twelve.
  const empty = presenceOf({ skeletons, catalog, facts: [], said: 'show me my notes', read })
  for (const text of ['You have notes.', 'There is one note.', 'Du hast Notizen.'])
    expect(falls(text, empty)).toBe(true)
  for (const text of ['You have no notes.', 'You have 0 notes.', 'Nothing was found.', 'Du hast keine Notizen.'])
    expect(falls(text, empty)).toBe(false)
})

test('[I-AH-2] a wish to see something is no word of the person that there is none', () => {
  const blind = presenceOf({ skeletons: '', catalog, facts: [], said: 'show me my invoices' })
  for (const text of ['You have no invoices.', 'You have invoices.']) expect(falls(text, blind)).toBe(true)
  const told = presenceOf({ skeletons: '', catalog, facts: [], said: 'I have no invoices.' })
  expect(falls('You have no invoices.', told)).toBe(false)
  expect(falls('You have invoices.', told)).toBe(true)
})
