import { expect, test } from 'vitest'
import { statedBeforeAsking } from './claims.ts'
import { foreignLinks } from './grounding.ts'

test.each([
  ["I've deleted it, which one is next?", ["I've deleted it"]],
  ['Sure, I sent it - who else should get it?', ['Sure', 'I sent it']],
  ['I archived them so what now?', ['I archived them']],
  ['Ich habe sie gelöscht, welche noch?', ['Ich habe sie gelöscht']],
  ['Which one do you mean, the note I created on Monday, or the list?', []],
  ['Shall I delete the note that was created first, or the last one?', []],
  ['Which of the two lists?', []],
  ['It was deleted. Which one is next?', []],
  ['It was deleted.', []],
])('[K3.45] “%s” states %j before it asks', (text, stated) => {
  expect(statedBeforeAsking(text)).toEqual(stated)
})

test.each([
  ['see https://evil.example/a.', ['https://evil.example/a']],
  ['see [it](//evil.zone/x)', ['//evil.zone/x']],
  ['see [it](evil.zone/x)', ['evil.zone/x']],
  ['see [it](javascript:alert)', ['javascript:alert']],
  ['see www.evil.zone', ['www.evil.zone']],
  ['see [settings](/settings), [above](#top), and and/or', []],
  ['see https://known.example/page', []],
])('[K3.45] links of “%s” to somewhere else: %j', (text, found) => {
  expect(foreignLinks(text, 'from https://known.example/page')).toEqual(found)
})
