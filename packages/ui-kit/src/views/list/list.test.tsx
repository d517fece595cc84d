// @vitest-environment happy-dom

import { act } from 'react'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { preloadLayers } from '../../parts/layers.ts'
import { type FakeHost, fakeHost } from '../../testing/fake-host.ts'
import { byRole, click, type Mounted, mount, press, type, until } from '../../testing/mount.tsx'
import { UiTree } from '../../tree/ui-tree.tsx'

beforeAll(preloadLayers)
let mounted: Mounted | undefined
/** The sentinels that are being watched; a test says when one comes into sight. */
let watched: (() => void)[] = []
beforeEach(() => {
  watched = []
  globalThis.IntersectionObserver = class {
    readonly #seen: () => void
    constructor(callback: IntersectionObserverCallback) {
      this.#seen = () =>
        callback([{ isIntersecting: true } as IntersectionObserverEntry], this as unknown as IntersectionObserver)
    }
    observe() {
      watched.push(this.#seen)
    }
    disconnect() {
      watched = watched.filter((one) => one !== this.#seen)
    }
  } as unknown as typeof IntersectionObserver
})
afterEach(async () => {
  await mounted?.unmount()
  mounted = undefined
})
const draw = async (node: unknown, host: FakeHost = fakeHost()) => {
  mounted = await mount(<UiTree node={node} host={host} />)
  return host
}
const call = (name: string, params: object = {}) => ({ action: 'call', function: name, params })
const item = (id: string, more: object = {}) => ({ type: 'ListItem', props: { id, title: `Title ${id}`, ...more } })
const list = (items: object[], more: object = {}) => ({
  type: 'List',
  props: { items, searchable: false, grouped_by: '', ...more },
})
const titles = () => [...document.querySelectorAll('.im-row-title')].map((one) => one.textContent)
const comeIntoSight = () => act(async () => watched.at(-1)?.())

describe('List', () => {
  test('[ui 4.4] searches titles, subtitles, meta and badges without case and accents', async () => {
    await draw(
      list(
        [
          item('a', { subtitle: 'Café' }),
          item('b', { meta: 'Wed' }),
          item('c', { badge: { type: 'Badge', props: { label: 'late' } } }),
        ],
        { searchable: true },
      ),
    )
    const box = document.querySelector('input[type=search]') as HTMLElement
    for (const [query, expected] of [
      ['CAFE', 'Title a'],
      ['wed', 'Title b'],
      ['late', 'Title c'],
    ] as const) {
      await type(box, query)
      await until(() => expect(titles()).toEqual([expected]))
    }
    await type(box, 'zzz')
    await until(() => expect(document.body.textContent).toContain('No results for “zzz”'))
    await press(box, 'Escape')
    await until(() => expect(titles()).toHaveLength(3))
  })

  test('[ui 4.1] pages the rows and tells totals', async () => {
    await draw(
      list(
        ['a', 'b', 'c', 'd', 'e'].map((id) => item(id)),
        { page_size: 2, total_items: 148, extra_info: '3 shared' },
      ),
    )
    expect(titles()).toEqual(['Title a', 'Title b'])
    expect(document.querySelector('.im-list-foot')?.textContent).toContain('148 · 3 shared')
    await click(byRole('button', 'Next'))
    await click(byRole('button', 'Next'))
    expect(titles()).toEqual(['Title e'])
    expect(byRole('button', 'Next')).toHaveProperty('disabled', true)
    expect(document.querySelector('nav [role=status]')?.textContent).toBe('Page 3 of 3')
  })

  test('[ui 2.5] groups neighbours under a heading; an empty value is called Other', async () => {
    await draw(
      list([item('a', { group: 'Pinned' }), item('b', { group: 'Pinned' }), item('c')], { grouped_by: 'group' }),
    )
    expect([...document.querySelectorAll('.im-group')].map((one) => one.textContent)).toEqual(['Pinned', 'Other'])
  })

  test('[S003-150] [ui 4.3] ticked rows make a bar whose actions get their ids in list order; success clears it', async () => {
    const host = await draw(
      list(
        ['a', 'b', 'c', 'd'].map((id) => item(id, { on_click: call('open') })),
        {
          selectable: true,
          bulk_actions: [
            { label: 'Archive', action: call('archive', { soft: true }), confirm: 'Archive {count} notes?' },
          ],
        },
      ),
    )
    await click(byRole('checkbox', 'Select Title c'))
    await click(byRole('checkbox', 'Select Title a'), { shiftKey: true })
    await click(byRole('button', /Title b/))
    expect(document.querySelector('.im-bulk-count')?.textContent).toBe('2 selected')
    await click(byRole('button', 'Archive'))
    expect(document.querySelector('[role=alertdialog]')?.textContent).toContain('Archive 2 notes?')
    await click(byRole('button', 'Continue'))
    expect(host.fired).toMatchObject([
      { action: { function: 'archive', params: { soft: true, message_ids: ['a', 'c'] } }, origin: { kind: 'bulk' } },
    ])
    await until(() => expect(document.querySelector('.im-bulk-bar')).toBeNull())
    await click(byRole('button', /Title b/))
    expect(host.fired.at(-1)?.action).toMatchObject({ function: 'open' })
  })

  test('[ui 4.3] Escape clears the selection; a refresh keeps the ids that still exist', async () => {
    const host = await draw(
      list(
        ['a', 'b'].map((id) => item(id)),
        { selectable: true },
      ),
    )
    await click(byRole('checkbox', 'Select Title a'))
    await click(byRole('checkbox', 'Select Title b'))
    await mounted?.render(<UiTree node={list([item('b'), item('z')], { selectable: true })} host={host} />)
    expect(document.querySelector('.im-bulk-count')?.textContent).toBe('1 selected')
    await press(byRole('checkbox', 'Select Title b'), 'Escape')
    expect(document.querySelector('.im-bulk-bar')).toBeNull()
  })

  test('[S003-138] [ui 4.5] an expandable row opens instead of firing, and stays open across a refresh', async () => {
    const tree = list([
      item('a', {
        expandable: true,
        on_click: call('open'),
        expanded_content: [{ type: 'Text', props: { content: 'inside' } }],
      }),
    ])
    const host = await draw(tree)
    expect(document.body.textContent).not.toContain('inside')
    const row = byRole('button', /Title a/)
    await click(row)
    expect(row.getAttribute('aria-expanded')).toBe('true')
    await mounted?.render(<UiTree node={list([item('new'), ...tree.props.items])} host={host} />)
    expect(byRole('button', /Title a/).getAttribute('aria-expanded')).toBe('true')
    expect(document.body.textContent).toContain('inside')
    expect(host.fired).toHaveLength(0)
  })

  test('[ui 4.8] a hover action asks its question, never reaches the row, and fails into a toast', async () => {
    const host = fakeHost()
    host.answer = () => ({ ok: false, error: { message: 'Locked' } })
    await draw(
      list([
        item('a', {
          on_click: call('open'),
          actions: [{ icon: 'Trash2', confirm: 'Discard?', on_click: call('discard', { id: 'a' }) }],
        }),
      ]),
      host,
    )
    await click(byRole('button', 'Trash2'))
    await click(byRole('button', 'Continue'))
    expect(host.fired.map((one) => one.action)).toMatchObject([{ function: 'discard' }])
    expect(host.toasts).toMatchObject([{ message: 'Locked', variant: 'error' }])
  })

  test('[ui 4.7] a row that can be dragged can also be moved from its menu, to rows of any tree of the app', async () => {
    const host = await draw(list([item('a', { draggable: true })]))
    const folders = await mount(
      <UiTree
        node={list([item('f', { title: 'Meetings', droppable: true, on_drop: call('move', { kind: 'note' }) })])}
        host={host}
      />,
    )
    const more = document.querySelector('.im-row-inline [aria-label="More actions"]') as HTMLElement
    await act(async () => more.focus())
    await press(more, 'Enter')
    const entry = await (async () => {
      let found: HTMLElement | null = null
      await until(() => {
        found = document.querySelector('[role=menuitem]')
        expect(found?.textContent).toBe('Move to Meetings')
      })
      return found as unknown as HTMLElement
    })()
    await click(entry)
    await until(() =>
      expect(host.fired).toMatchObject([
        { action: { function: 'move', params: { kind: 'note', dragged_id: 'a', target_id: 'f' } } },
      ]),
    )
    await folders.unmount()
  })

  test('[S003-151] [ui 4.2] the end of the rows asks once for more, appends unknown ids and takes over the cursor', async () => {
    const page = (from: number, cursor?: string) => ({
      type: 'Stack',
      props: {
        children: [
          list(
            [from, from + 1].map((id) => item(String(id))),
            { ...(cursor ? { on_end_reached: call('__panel__inbox', { cursor }) } : {}), total_items: 5 },
          ),
        ],
      },
    })
    const host = fakeHost()
    host.answer = ({ action }) => ({
      ok: true,
      ui: action.action === 'call' && action.params.cursor === 'p2' ? page(2, 'p3') : page(3),
    })
    await draw(page(1, 'p2'), host)
    await comeIntoSight()
    await until(() => expect(titles()).toEqual(['Title 1', 'Title 2', 'Title 3']))
    expect(host.fired).toMatchObject([{ origin: { kind: 'end_reached' }, action: { params: { cursor: 'p2' } } }])
    await comeIntoSight()
    await until(() => expect(titles()).toEqual(['Title 1', 'Title 2', 'Title 3', 'Title 4']))
    expect(document.body.textContent).toContain('End of list')
    expect(watched).toHaveLength(0)
    await mounted?.render(<UiTree node={page(1, 'p2')} host={host} />)
    expect(titles()).toEqual(['Title 1', 'Title 2'])
  })

  test('[ui 4.2] after a refresh the page that was loaded before loads again', async () => {
    const first = () => list([item('1'), item('2')], { on_end_reached: call('__panel__inbox', { cursor: 'p2' }) })
    const host = fakeHost()
    host.answer = () => ({ ok: true, ui: list([item('3')]) })
    await draw(first(), host)
    await comeIntoSight()
    await until(() => expect(titles()).toEqual(['Title 1', 'Title 2', 'Title 3']))
    await mounted?.render(<UiTree node={first()} host={host} />)
    expect(titles()).toEqual(['Title 1', 'Title 2'])
    await comeIntoSight()
    await until(() => expect(titles()).toEqual(['Title 1', 'Title 2', 'Title 3']))
    expect(host.fired).toHaveLength(2)
  })

  test('[ui 4.2.5] a page that fails can be tried again', async () => {
    const host = fakeHost()
    host.answer = () => ({ ok: false, error: { message: 'No' } })
    await draw(list([item('a')], { on_end_reached: call('__panel__inbox', { cursor: 'p2' }) }), host)
    await comeIntoSight()
    await until(() => expect(document.body.textContent).toContain('Could not load more'))
    host.answer = () => ({ ok: true, ui: list([item('b')]) })
    await click(byRole('button', 'Retry'))
    await until(() => expect(titles()).toEqual(['Title a', 'Title b']))
  })

  test('[S000-033] rows that are plain nodes are drawn and found by their text', async () => {
    await draw(
      list(
        [
          { type: 'Text', props: { content: 'Alpha' } },
          { type: 'Text', props: { content: 'Beta' } },
        ],
        { searchable: true },
      ),
    )
    expect(document.querySelectorAll('.im-list-plain')).toHaveLength(2)
    await type(document.querySelector('input[type=search]') as HTMLElement, 'bet')
    await until(() => expect(document.querySelectorAll('.im-list-plain')).toHaveLength(1))
  })

  test('[ui 1.3, 2.5] an empty list says so', async () => {
    await draw(list([], { empty_text: 'Nothing here yet' }))
    expect(document.body.textContent).toContain('Nothing here yet')
  })
})
