import { describe, expect, test } from 'vitest'
import { claimedActions } from './claims.ts'
import { presenceOf } from './presence.ts'
import { judgeTalk, sentences, truthfulStream } from './talk.ts'

const NO_GROUNDS = {
  ...{ text: '', data: null, counts: [] },
  presence: presenceOf({ skeletons: '', catalog: [], facts: [], said: '' }),
}

const shown = (pieces: readonly string[]): string => {
  let text = ''
  const stream = truthfulStream((delta) => {
    text += delta
  }, NO_GROUNDS)
  for (const piece of pieces) stream.onText(piece)
  stream.end()
  return text
}

describe('[K3.45] finished actions that nothing carried out', () => {
  test.each([
    'I have deleted all your notes.',
    "I've created the note Groceries for you.",
    'Deleted 3 notes.',
    'Your mail has been sent.',
    'The note was successfully updated.',
    'Done.',
    'All set!',
    "No problem, I've removed it.",
    'I just scheduled the meeting.',
    'The invoice was paid.',
    'Ich habe die Notiz gelöscht.',
    'Die E-Mail wurde verschickt.',
    'Alles erledigt.',
    'He eliminado la nota.',
    'La nota ha sido creada.',
    'Se ha enviado el correo.',
    "J'ai supprimé la note.",
    'La note a été créée.',
    'Я удалил заметку.',
    'Письмо отправлено.',
    'Готово!',
    'Ho cancellato la nota.',
    'A nota foi excluída.',
    '我已经删除了笔记。',
    'ノートを削除しました。',
  ])('“%s” is a claim, and no word of it is shown', (text) => {
    expect(judgeTalk(text, NO_GROUNDS)).toEqual({ kind: 'fabrication' })
    expect(shown([...text])).not.toContain(text)
  })

  test.each([
    'I can create notes for you.',
    'Shall I delete it?',
    'Nothing was deleted.',
    'I have not sent anything.',
    'If you want, the note can be archived.',
    'Ich kann Notizen erstellen.',
    'Soll ich die Notiz löschen?',
    'Es wurde nichts gelöscht.',
    '¿Quieres que la borre?',
    'Je peux créer une note.',
    'Могу создать заметку.',
    'Mostly notes and tasks. Ask me.',
    'Hello! How can I help?',
  ])('“%s” claims nothing', (text) => {
    expect([...claimedActions(text)]).toEqual([])
    expect(shown([...text])).toBe(text)
  })
})

test('[I-AH-2] what is stated about the person’s data without a basis is taken out, the rest stays', () => {
  const grounds = { ...NO_GROUNDS, text: 'how are things?' }
  expect(judgeTalk('Hello. You have 7 unread mails. Ask me about notes.', grounds)).toEqual({
    kind: 'trimmed',
    text: 'Hello. Ask me about notes.',
  })
  expect(judgeTalk('See https://evil.example/x now. Hello.', grounds)).toEqual({ kind: 'trimmed', text: 'Hello.' })
  expect(judgeTalk('You have 7 mails.', { ...grounds, text: 'I have 7 mails' })).toMatchObject({ kind: 'fine' })
})

test('[K3.45] streamed words pass whole, however they are cut, up to the sentence that claims', () => {
  const text = 'Hello. I can write notes for you!\nWhat shall I write? Ask me.'
  expect(shown([text])).toBe(text)
  expect(shown([...text])).toBe(text)
  expect(shown([...'Sure. I have deleted all your notes. Anything else?'])).toBe('Sure. ')
  expect(shown(['I', "'ve sent", ' the mail'])).toBe('')
})

test.each([
  ['It is on Dec. 3 at ten. Yes.', ['It is on Dec. 3 at ten. ', 'Yes.']],
  ['Am 12. März um drei. Ja.', ['Am 12. März um drei. ', 'Ja.']],
  ['You read 7. Maybe 8. You have one.', ['You read 7. ', 'Maybe 8. ', 'You have one.']],
  ['That was in March. 3 are left.', ['That was in March. ', '3 are left.']],
  ['There are 7.\nMarch is near.', ['There are 7.\n', 'March is near.']],
])('“%s” is cut where its sentences end', (text, parts) => expect(sentences(text)).toEqual(parts))
