import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ActionResult, getManifestSchema } from '../src/index.ts'
import {
  fileNameOf,
  getWireSchema,
  validateActionResult,
  validateBalanceInfo,
  validateChatResult,
  validateCompletionResult,
  validateDocument,
  validateEvent,
  validateFileInfo,
  validateFunctionCall,
  validateHttpResponse,
  validateLimitsResult,
  validateSubscriptionInfo,
  WIRE_TYPES,
  type WireTypeName,
} from '../src/validate/index.ts'
import { BalanceInfo, CompletionResult, FileInfo, LimitsResult, SubscriptionInfo } from '../src/values/results.ts'

const onDisk = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../schemas/${name}`, import.meta.url), 'utf8'))
const rules = (issues: readonly { rule: string; where: string }[]) =>
  issues.map(({ rule, where }) => `${rule} ${where}`)

test('[S003-035] [5.3] the JSON Schema of imperal.json is committed and is what getManifestSchema exports', () => {
  expect(onDisk('imperal.schema.json')).toEqual(getManifestSchema())
  expect(getManifestSchema()).toMatchObject({ title: 'Imperal Extension Manifest', additionalProperties: false })
  expect(String(getManifestSchema().$id)).toMatch(/\/schemas\/imperal\.schema\.json$/)
})

test.each(Object.keys(WIRE_TYPES) as WireTypeName[])('[S003-036] the JSON Schema of %s is committed', (name) => {
  expect(onDisk(fileNameOf(name))).toEqual(getWireSchema(name))
})

test('[S003-036] ActionResult: AR1 to AR5 with their places', () => {
  const good = ActionResult.toWire(ActionResult.success({ id: 1 }, 'Done', { refreshPanels: ['a'] }))
  expect(validateActionResult(good)).toEqual([])
  expect(rules(validateActionResult('text'))).toEqual(['AR1 <root>'])
  expect(rules(validateActionResult({}))).toEqual(['AR2 status'])
  expect(rules(validateActionResult({ ...good, colour: 1 }))).toEqual(['AR3 colour'])
  expect(rules(validateActionResult({ ...good, summary: 3 }))).toEqual(['AR4 summary'])
  expect(rules(validateActionResult({ ...good, error: 'both' }))).toEqual(['AR4 error'])
  expect(rules(validateActionResult({ status: 'error', error: 'x', data: { a: 1 } }))).toEqual(['AR4 data'])
  expect(rules(validateActionResult({ ...good, refresh_panels: ['a', 1] }))).toEqual(['AR5 refresh_panels.1'])
})

test('[S003-036] Event: EV1 to EV4', () => {
  const good = {
    event_type: 'garden-log.watered',
    timestamp: '2026-01-01T00:00:00Z',
    user_id: 'imp_u_a-b',
    tenant_id: 'default',
    data: {},
  }
  expect(validateEvent({ ...good, event_id: 'e1', schema_version: 1, source: 'user' })).toEqual([])
  expect(rules(validateEvent([]))).toEqual(['EV1 <root>'])
  const { data: _data, ...without } = good
  expect(rules(validateEvent(without))).toEqual(['EV2 data'])
  expect(rules(validateEvent({ ...good, extra: 1 }))).toEqual(['EV3 extra'])
  expect(rules(validateEvent({ ...good, event_type: 'nodot', source: 'moon' }))).toEqual([
    'EV4 event_type',
    'EV4 source',
  ])
})

test('nested values are rule 5 of the outer type', () => {
  const call = { name: 'add', action_type: 'write', success: true }
  expect(validateFunctionCall(call)).toEqual([])
  expect(rules(validateChatResult({ response: 'x', _functions_called: [{ ...call, name: '' }] }))).toEqual([
    'CR5 _functions_called.0.name',
  ])
  expect(rules(validateDocument({ id: '', collection: 'c' }))).toEqual(['DOC4 id'])
  expect(rules(validateHttpResponse({ status_code: 99, body: '' }))).toEqual(['HRS4 status_code'])
})

test('[4.4] [4.8] what the codecs write is what the validators take', () => {
  const plan = { plan_id: 'pro', cancel_at_period_end: true, billing_mode: 'manual', card_required: true }
  const written = SubscriptionInfo.toWire(SubscriptionInfo.fromWire(plan))
  expect(written).toMatchObject(plan)
  expect(validateSubscriptionInfo(written)).toEqual([])
  expect(rules(validateSubscriptionInfo({ billing_mode: 'barter' }))).toEqual(['SUB4 billing_mode'])
  const exceeded = { usage: { tokens: 5 }, limits: { tokens: 4 }, exceeded: ['tokens'] }
  expect(validateLimitsResult(LimitsResult.toWire(LimitsResult.fromWire(exceeded)))).toEqual([])
  expect(validateBalanceInfo(BalanceInfo.toWire(BalanceInfo.fromWire({ balance: 3 })))).toEqual([])
  expect(validateFileInfo(FileInfo.toWire(FileInfo.fromWire({ path: 'a.txt', size: 3 })))).toEqual([])
  const answer = { text: 'Hello', usage: { input_tokens: 3 } }
  expect(validateCompletionResult(CompletionResult.toWire(CompletionResult.fromWire(answer)))).toEqual([])
})
