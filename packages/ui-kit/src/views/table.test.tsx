// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from 'vitest'
import { type FakeHost, fakeHost } from '../testing/fake-host.ts'
import { byRole, click, type Mounted, mount, press, type, until } from '../testing/mount.tsx'
import { UiTree } from '../tree/ui-tree.tsx'

let mounted: Mounted | undefined
afterEach(async () => {
  await mounted?.unmount()
  mounted = undefined
})
const call = (name: string, params: object = {}) => ({ action: 'call', function: name, params })
const columns = [
  { key: 'sku', label: 'SKU', sortable: true },
  { key: 'qty', label: 'Qty', sortable: true, editable: true, edit_type: 'text' },
]
const rows = [
  { id: 9, sku: 'B-2', qty: 40 },
  { id: 7, sku: 'A-10', qty: 9 },
  { id: 8, sku: 'A-9', qty: null },
]
const draw = async (props: object, host: FakeHost = fakeHost()) => {
  mounted = await mount(<UiTree node={{ type: 'DataTable', props: { columns, rows, ...props } }} host={host} />)
  await until(() => expect(document.querySelector('table')).not.toBeNull())
  return host
}
const column = (index: number) =>
  [...document.querySelectorAll('tbody tr')].map((row) => row.children[index]?.textContent)

describe('DataTable', () => {
  test('[ui 2.5] a header sorts up, down and back, numbers as numbers, blanks last', async () => {
    await draw({})
    const header = byRole('button', 'Qty')
    await click(header)
    expect(column(1)).toEqual(['9', '40', ''])
    expect(document.querySelectorAll('th')[1]?.getAttribute('aria-sort')).toBe('ascending')
    await click(header)
    expect(column(1)).toEqual(['40', '9', ''])
    await click(header)
    expect(column(0)).toEqual(['B-2', 'A-10', 'A-9'])
    await click(byRole('button', 'SKU'))
    expect(column(0)).toEqual(['A-9', 'A-10', 'B-2'])
  })

  test('[ui 1.10 C] a committed cell tells row, column and value, also when the table is sorted', async () => {
    const host = await draw({ on_cell_edit: call('set_stock', { site: 'north' }), on_row_click: call('open') })
    await click(byRole('button', 'SKU'))
    await click(byRole('button', 'Edit Qty: 40'))
    const editor = document.querySelector('.im-cell-input') as HTMLElement
    await type(editor, '41')
    await press(editor, 'Enter')
    expect(host.fired.map((one) => one.action)).toMatchObject([
      { function: 'set_stock', params: { site: 'north', row_id: 9, column_key: 'qty', value: '41' } },
    ])
    expect(column(1)).toContain('41')
  })

  test('[ui 4.14] Escape and an unchanged value call nothing; a failure goes back with a toast', async () => {
    const host = fakeHost()
    host.answer = () => ({ ok: false, error: { message: 'Locked' } })
    await draw({ on_cell_edit: call('f') }, host)
    await click(byRole('button', 'Edit Qty: 40'))
    await press(document.querySelector('.im-cell-input') as HTMLElement, 'Escape')
    await click(byRole('button', 'Edit Qty: 40'))
    await press(document.querySelector('.im-cell-input') as HTMLElement, 'Enter')
    expect(host.fired).toHaveLength(0)
    await click(byRole('button', 'Edit Qty: 40'))
    await type(document.querySelector('.im-cell-input') as HTMLElement, '50')
    await press(document.querySelector('.im-cell-input') as HTMLElement, 'Enter')
    await until(() => expect(host.toasts).toMatchObject([{ message: 'Locked' }]))
    expect(column(1)).toContain('40')
  })

  test('[ui 3.5] a row fires with the whole row, by click and by Enter', async () => {
    const host = await draw({ on_row_click: call('open') })
    const row = document.querySelector('tbody tr') as HTMLElement
    await click(row)
    await press(row, 'Enter')
    expect(host.fired.map((one) => one.payload)).toEqual([{ row: rows[0] }, { row: rows[0] }])
  })

  test('[ui 2.5] editable columns are plain without on_cell_edit; an empty table says so', async () => {
    await draw({})
    expect(document.querySelector('[data-cell-editor]')).toBeNull()
    await mounted?.unmount()
    await draw({ rows: [], empty_text: 'No stock' })
    expect(column(0)).toEqual(['No stock'])
  })
})
