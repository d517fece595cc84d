import { expect, test } from 'vitest'
import { englishOf } from './foreign-words.ts'
import { wordsOf } from './words-of.ts'

const meant = (text: string) => wordsOf(text).flatMap((word) => englishOf(word))

test('words of four languages stand for the English ones that functions are described with', () => {
  expect(meant('lösche Rechnung')).toEqual(['delete', 'invoice'])
  expect(meant('borra factura')).toEqual(['delete', 'invoice'])
  expect(meant('supprime facture')).toEqual(['delete', 'invoice'])
  expect(meant('удали счёт')).toEqual(['delete', 'invoice'])
})

test('cases and numbers of a word are met by its root', () => {
  for (const form of ['заметка', 'заметку', 'заметки', 'заметками']) expect(englishOf(form), form).toEqual(['note'])
  for (const form of ['rechnung', 'rechnungen']) expect(englishOf(form), form).toEqual(['invoice'])
  for (const form of ['facturas', 'factures']) expect(englishOf(form), form).toEqual(['invoice'])
})

test('a German compound is both of its parts', () => {
  expect(englishOf('hotelbuchung')).toEqual(['hotel', 'booking'])
  expect(englishOf('projektbericht')).toEqual(['project', 'report'])
  expect(englishOf('kundenkontakt')).toEqual(['customer', 'contact'])
})

test('English words are nobody’s translation, though another language writes one like them', () => {
  for (const word of [
    'such',
    'port',
    'class',
    'course',
    'note',
    'plane',
    'listen',
    'autocomplete',
    'chat',
    'base',
    'ledger',
  ])
    expect(englishOf(word), word).toEqual([])
})
