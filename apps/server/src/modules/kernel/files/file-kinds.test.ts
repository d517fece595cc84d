import { describe, expect, test } from 'vitest'
import { extractText, LONGEST_TEXT } from './extract-text.ts'
import { isAccepted, kindsOf, typeOf } from './file-kinds.ts'

const kinds = (name: string, sent = '') => [...kindsOf(name, typeOf(name, sent))].sort()

describe('[sdk 2.21] what a file is', () => {
  test.each([
    ['letter.pdf', '', 'application/pdf'],
    ['letter.pdf', 'application/octet-stream', 'application/pdf'],
    ['letter.PDF', 'application/pdf; charset=binary', 'application/pdf'],
    ['main.ts', 'video/mp2t', 'text/plain'],
    ['main.py', '', 'text/plain'],
    ['film.mp4', 'video/mp4', 'video/mp4'],
    ['unknown', '', 'application/octet-stream'],
    ['mislabelled.txt', 'image/png', 'image/png'],
  ])('%s sent as “%s” is %s', (name, sent, type) => {
    expect(typeOf(name, sent)).toBe(type)
  })

  test.each([
    ['photo.jpg', ['image']],
    ['numbers.csv', ['sheet']],
    ['numbers.xlsx', ['sheet']],
    ['numbers.ods', ['sheet']],
    ['letter.docx', ['doc']],
    ['letter.odt', ['doc']],
    ['letter.md', ['doc']],
    ['page.html', ['code', 'doc']],
    ['drawing.svg', ['code', 'image']],
    ['main.ts', ['code', 'doc']],
    ['data.json', ['code']],
    ['song.mp3', []],
  ])('%s is %j', (name, expected) => {
    expect(kinds(name)).toEqual(expected)
  })

  test.each([
    [['image'], true],
    [['image/*'], true],
    [['IMAGE/PNG '], true],
    [['*/*'], true],
    [['sheet', 'image/png'], true],
    [['image/jpeg'], false],
    [['doc', 'text/*'], false],
    [['imag'], false],
  ])('a picture is taken by %j: %s', (accepts, expected) => {
    expect(isAccepted(accepts, 'a.png', 'image/png')).toBe(expected)
  })
})

describe('[sdk 2.21] the text of a file', () => {
  test.each([
    ['UTF-8', Buffer.from('Grüße'), 'text/plain'],
    ['UTF-8 with a mark', Buffer.from('\uFEFFGrüße'), 'application/json'],
    ['UTF-16', Buffer.from('\uFEFFGrüße', 'utf16le'), 'text/plain'],
    ['the older encoding of the West', Buffer.from('Grüße', 'latin1'), 'text/plain'],
  ])('%s', (_encoding, content, type) => {
    expect(extractText(content, type)).toBe('Grüße')
  })

  test.each([
    ['bytes that are no text', Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 1, 2]), 'application/pdf'],
    ['bytes that claim to be text', Buffer.from([0, 1, 2, 3]), 'text/plain'],
    ['an older encoding without saying so', Buffer.from('Grüße', 'latin1'), 'application/pdf'],
  ])('%s are refused', (_what, content, type) => {
    expect(() => extractText(content, type)).toThrow(expect.objectContaining({ code: 'FILES_NO_TEXT' }))
  })

  test('only so much', () => {
    expect(extractText(Buffer.alloc(LONGEST_TEXT, 'a'), 'text/plain')).toHaveLength(LONGEST_TEXT)
    expect(() => extractText(Buffer.alloc(LONGEST_TEXT + 1, 'a'), 'text/plain')).toThrow(
      expect.objectContaining({ code: 'FILES_TEXT_TOO_LONG' }),
    )
  })
})
