import { expect, test } from 'vitest'
import { truthfulStream } from './verify-narration.ts'

const shown = (pieces: readonly string[]): string => {
  let text = ''
  const stream = truthfulStream((delta) => {
    text += delta
  })
  for (const piece of pieces) stream.onText(piece)
  stream.end()
  return text
}

test('[K3.45] streamed words pass whole, however they are cut', () => {
  const text = 'Hello. I can write notes for you!\nWhat shall I write? Ask me.'
  expect(shown([text])).toBe(text)
  expect(shown([...text])).toBe(text)
})

test('[K3.45] nothing is shown from the sentence on that claims a finished action', () => {
  const text = 'Sure. I have deleted all your notes. Anything else?'
  expect(shown([...text])).toBe('Sure. ')
  expect(shown([text])).toBe('')
  expect(shown(['I', "'ve sent", ' the mail'])).toBe('')
})
