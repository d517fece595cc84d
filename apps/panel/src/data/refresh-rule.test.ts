import { expect, test } from 'vitest'
import { eventOf, isTriggered, parseRefresh } from './refresh-rule.ts'

const hit = (pattern: string, appId: string, full: string) =>
  isTriggered(parseRefresh(`on_event:${pattern}`), appId, eventOf(full))

test('[UI5.4] intervals are read and never shorter than five seconds', () => {
  expect(parseRefresh('interval:30s').intervalMs).toBe(30_000)
  expect(parseRefresh('interval:2m').intervalMs).toBe(120_000)
  expect(parseRefresh('interval:1s').intervalMs).toBe(5_000)
})

test('[UI5.4] what cannot be read is manual', () => {
  for (const text of ['manual', '', 'sometimes', 'interval:x', 30, null, undefined])
    expect(parseRefresh(text)).toEqual({ intervalMs: null, patterns: [] })
})

test('[S000-029] one rule lists several events, and joins an interval', () => {
  const rule = parseRefresh('on_event: my-ext.item.created , my-ext.item.updated; interval:1h')
  expect(rule.patterns).toEqual(['my-ext.item.created', 'my-ext.item.updated'])
  expect(rule.intervalMs).toBe(3_600_000)
})

test('[K6.8] [S003-135] a bare name means the own app; the full name means that app', () => {
  expect(hit('item.created', 'my-ext', 'my-ext.item.created')).toBe(true)
  expect(hit('my-ext.item.created', 'my-ext', 'my-ext.item.created')).toBe(true)
  expect(hit('item.created', 'other', 'my-ext.item.created')).toBe(false)
  expect(hit('my-ext.item.created', 'other', 'my-ext.item.created')).toBe(true)
})

test('[UI5.4] an app alone and a prefix with a star match all of theirs', () => {
  expect(hit('crm', 'crm', 'crm.deal.won')).toBe(true)
  expect(hit('crm.deal.*', 'notes', 'crm.deal.won')).toBe(true)
  expect(hit('deal.*', 'crm', 'crm.deal.won')).toBe(true)
  expect(hit('deal.*', 'crm', 'crm.dealer.won')).toBe(false)
})
