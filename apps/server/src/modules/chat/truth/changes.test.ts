import type { JsonObject } from '@imperal/contract'
import { expect, test } from 'vitest'
import type { CallOutcome, CatalogFunction } from '../../kernel/index.ts'
import type { CallRecord } from '../plan/records.ts'
import { changesOf } from './changes.ts'

const record = (name: string, args: JsonObject, data: JsonObject, more: Partial<CallRecord> = {}): CallRecord => ({
  step: {
    stepId: name,
    function: {
      appId: 'notes',
      name,
      actionType: name.startsWith('get') ? 'read' : 'write',
      idProjection: 'note_id',
      paramsSchema: { type: 'object', properties: {} },
    } as unknown as CatalogFunction,
    args,
    dependsOn: [],
  },
  stepNo: 0,
  itemNo: 0,
  state: 'done',
  callId: 'c',
  args,
  outcome: { status: 'success', response: { data } } as unknown as CallOutcome,
  reason: null,
  told: false,
  ...more,
})
const EDIT = { note_id: 'n1', title: 'New', text: 'same' }

test('[I-STREAM-STEP-DIFF] a change shows the fields that differ from the last reading of its target, and no others', () => {
  const read = record('get_note', { note_id: 'n1' }, { note: { note_id: 'n1', title: 'Old', text: 'same' } })
  const edit = record('update_note', EDIT, { ok: true })
  const other = { app_id: 'notes', function: 'get_note', data: { note_id: 'n2', title: 'Other' } }
  const earlier = { app_id: 'notes', function: 'get_note', data: { note_id: 'n1', title: 'Older', text: 'same' } }
  expect(changesOf(edit, { records: [read, edit], facts: [earlier] })).toEqual([
    { field: 'title', before: 'Old', after: 'New' },
  ])
  expect(changesOf(edit, { records: [edit], facts: [other, earlier] })).toEqual([
    { field: 'title', before: 'Older', after: 'New' },
  ])
})

test('[I-STREAM-STEP-DIFF] what nobody read has no “before”; reads, failures and secrets show nothing of themselves', () => {
  const edit = record('update_note', EDIT, {})
  expect(changesOf(edit, { records: [edit], facts: [] })).toEqual([
    { field: 'title', after: 'New' },
    { field: 'text', after: 'same' },
  ])
  const failed = { ...edit, outcome: { status: 'failed', response: {} } as unknown as CallOutcome }
  expect(changesOf(failed, { records: [failed], facts: [] })).toEqual([])
  const read = record('get_note', { note_id: 'n1' }, {})
  expect(changesOf(read, { records: [read], facts: [] })).toEqual([])
  const long = record('update_note', { note_id: 'n1', password: 'hunter2', text: 'x'.repeat(400) }, {})
  const shown = JSON.stringify(changesOf(long, { records: [long], facts: [] }))
  expect(shown).not.toContain('hunter2')
  expect(shown.length).toBeLessThan(300)
})
