import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { childNodes, formValues, parseUiTree, safeUrl, type UiNode, uiJsonSchema, walkNodes } from './index.ts'

const stack = (...children: unknown[]) => ({ type: 'Stack', props: { children } })
const codes = (value: unknown) => parseUiTree(value).notes.map((note) => note.code)
const root = (value: unknown): UiNode => {
  const { node } = parseUiTree(value)
  if (node === null) throw new Error('refused')
  return node
}

describe('lenient parsing', () => {
  test('[ui 1.1] fills every prop of the table with its default', () => {
    expect(root({ type: 'Text', props: { content: 'Hello' } })).toEqual({
      type: 'Text',
      identity: 'Text:0',
      path: '/Text:0',
      resetToken: 'Text:0#',
      props: { content: 'Hello', variant: 'body', truncate: false, className: undefined },
    })
  })

  test('[ui 1.1.1] finds types in any case, and aliases imply their direction', () => {
    expect(root({ type: 'data_table', props: { columns: [], rows: [] } }).type).toBe('DataTable')
    expect(root({ type: 'row', props: { children: [] } }).props.direction).toBe('h')
    expect(root({ type: 'STACK', props: { children: [] } }).type).toBe('Stack')
    for (const name of ['constructor', '__proto__', 'toString', 'script']) {
      expect(root(stack({ type: name, props: {} })).props.children).toMatchObject([{ type: 'Unknown' }])
    }
  })

  test('[ui 1.1.5] unknown props and enum values are replaced and noted, siblings stay', () => {
    const parsed = parseUiTree(
      stack(
        { type: 'Button', props: { label: 'A', variant: 'neon', style: 'x' } },
        { type: 'Text', props: { content: 'B' } },
      ),
    )
    expect(parsed.notes.map((note) => note.code)).toEqual(['unknown_prop', 'bad_value'])
    expect(childNodes(parsed.node as UiNode).map((node) => node.type)).toEqual(['Button', 'Text'])
    expect(childNodes(parsed.node as UiNode)[0]?.props).toMatchObject({ variant: 'secondary' })
  })

  test('[ui 1.1.6] a node list may arrive as one node, a list, null or nothing', () => {
    const text = { type: 'Text', props: { content: 'A' } }
    for (const children of [text, [text], [null, text]]) {
      expect(childNodes(root({ type: 'Page', props: { children } }))).toHaveLength(1)
    }
    expect(childNodes(root({ type: 'Page', props: { children: null } }))).toEqual([])
  })

  test('[S000-033] a List accepts plain Text nodes and bare item objects', () => {
    const list = root({
      type: 'List',
      props: {
        items: [
          { type: 'Text', props: { content: 'A' } },
          { id: 'b', title: 'B' },
        ],
      },
    })
    expect(childNodes(list).map((node) => node.type)).toEqual(['Text', 'ListItem'])
  })

  test('[ui 1.5] identity is id, then key, then type and position; a row is known by its own id', () => {
    const list = root(
      stack(
        { type: 'Text', id: 'a', props: { content: '' } },
        { type: 'Text', key: 'b', props: { content: '' } },
        { type: 'Text', props: { content: '' } },
        {
          type: 'List',
          props: {
            items: [
              { id: 'x', title: 'X' },
              { id: 'x', title: 'again' },
            ],
          },
        },
      ),
    )
    expect([...walkNodes(list)].map((node) => node.identity)).toEqual([
      'Stack:0',
      'a',
      'b',
      'Text:2',
      'List:3',
      'row:x',
      'row:x~2',
    ])
    const text = { type: 'Text', props: { content: '' } }
    const tabs = {
      type: 'Tabs',
      props: {
        tabs: [
          { label: 'A', content: text },
          { label: 'B', content: text },
        ],
      },
    }
    const paths = [...walkNodes(list), ...walkNodes(root(tabs))].map((node) => node.path)
    expect(new Set(paths).size).toBe(paths.length)
  })

  test('[ui 1.9] a signal reference resolves to its default', () => {
    const value = { __type__: 'signal', key: 'k', default: 'shown' }
    expect(root({ type: 'Text', props: { content: value } }).props.content).toBe('shown')
  })
})

describe('hostile trees', () => {
  test('[ui 6.8] random JSON never throws', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
        (value) => void parseUiTree(value),
      ),
    )
    const node = fc.letrec((tie) => ({
      node: fc.record({
        type: fc.constantFrom(...Object.keys(uiJsonSchema().$defs as object)),
        props: fc.dictionary(
          fc.constantFrom(
            'children',
            'items',
            'content',
            'tabs',
            'rows',
            'columns',
            'on_click',
            'options',
            'value',
            'nodes',
            'data',
          ),
          fc.oneof(
            { maxDepth: 3, depthIdentifier: 'tree' },
            fc.jsonValue({ maxDepth: 2 }),
            tie('node'),
            fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'tree' }),
          ),
          { maxKeys: 4, depthIdentifier: 'tree' },
        ),
      }),
    })).node
    fc.assert(
      fc.property(node, (value) => void parseUiTree(value)),
      { numRuns: 300 },
    )
  })

  test('[ui 6.2] size, depth and node bombs refuse the tree', () => {
    let deep: unknown = { type: 'Text', props: { content: 'x' } }
    for (let level = 0; level < 40; level += 1) deep = stack(deep)
    expect(codes(deep)).toContain('too_deep')
    expect(codes({ type: 'Code', props: { content: 'x'.repeat(300_000) } })).toEqual(['too_large'])
    const thousand = Array.from({ length: 900 }, () => ({ type: 'Divider', props: {} }))
    expect(codes(stack(...Array.from({ length: 6 }, () => stack(...thousand))))).toContain('too_many_nodes')
    const cycle: Record<string, unknown> = { type: 'Stack' }
    cycle.props = { children: [cycle] }
    expect(parseUiTree(cycle).node).toBeNull()
    const throwing = {
      type: 'Text',
      get props() {
        throw new Error('no')
      },
    }
    expect(parseUiTree(throwing).node).toBeNull()
  })

  test('[ui 6.2] lists over their ceiling are cut with a note', () => {
    const items = Array.from({ length: 1_200 }, (_, id) => ({ id: String(id), title: 'x' }))
    const parsed = parseUiTree({ type: 'List', props: { items } })
    expect(childNodes(parsed.node as UiNode)).toHaveLength(1_000)
    expect(parsed.notes.map((note) => note.code)).toEqual(['truncated'])
  })

  test('[ui 6.1] prototype keys and functions are left out', () => {
    const wire = JSON.parse(
      '{"type":"Button","props":{"label":"A","__proto__":{"polluted":1},"on_click":{"action":"call","function":"f","params":{"constructor":{"x":1},"a":1}}}}',
    )
    const node = root({ ...wire, props: { ...wire.props, onClick: () => 1 } })
    expect(node.props.on_click).toEqual({ action: 'call', function: 'f', params: { a: 1 }, confirm: null })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test.each([
    ['link', 'javascript:alert(1)', null],
    ['link', 'java\nscript:alert(1)', null],
    ['link', ' \u0001javascript:alert(1)', null],
    ['link', 'data:text/html,x', null],
    ['link', 'vbscript:x', null],
    ['link', '//evil.example', null],
    ['link', '/\\evil.example', null],
    ['link', '/v1/secrets', null],
    ['link', '/x/../v1/secrets', null],
    ['link', '/x/%2e%2e/v1/secrets', null],
    ['link', 'https://user:pass@example.com/', null],
    ['link', 'mailto:a@example.com', 'mailto:a@example.com'],
    ['link', '#part', '#part'],
    ['link', '/ext/notes', '/ext/notes'],
    ['open', 'http://example.com/', null],
    ['open', 'https://example.com/', 'https://example.com/'],
    ['navigate', 'https://example.com/', null],
    ['navigate', '/ext/notes/secrets#key', '/ext/notes/secrets#key'],
    ['image', 'data:image/svg+xml;base64,AAAA', null],
    ['image', 'data:image/png;base64,AAAA', 'data:image/png;base64,AAAA'],
    ['image', 'blob:https://x/1', null],
    ['image', 'file:///etc/passwd', null],
  ] as const)('[ui 6.3] %s of %j becomes %j', (place, url, expected) => {
    expect(safeUrl(url, place)).toBe(expected)
  })

  test.each([
    [{ action: 'call', function: '__webhook__x' }],
    [{ action: 'call', function: '__init__' }],
    [{ action: 'call', function: 'a b' }],
    [{ action: 'call', function: 'f', params: { a: 'x'.repeat(70_000) } }],
    [{ action: 'navigate', path: 'https://x.example' }],
    [{ action: 'navigate', path: '//x.example' }],
    [{ action: 'send', message: '  ' }],
    [{ action: 'open', url: 'javascript:1' }],
    [{ action: 'eval', code: '1' }],
    ['alert(1)'],
  ])('[ui 6.4] the action %j is refused, the control stays', (action) => {
    const parsed = parseUiTree({ type: 'Button', props: { label: 'A', on_click: action } })
    expect(parsed.node?.props.on_click).toBeNull()
    expect(parsed.notes.map((note) => note.code)).toEqual(['bad_action'])
  })

  test('[ui 3.1.3] author params lose the keys that belong to the host', () => {
    const action = { action: 'call', function: '__panel__x', params: { a: 1, __active__: 2 } }
    expect(root({ type: 'Button', props: { label: '', on_click: action } }).props.on_click).toMatchObject({
      params: { a: 1 },
      function: '__panel__x',
    })
  })

  test('[ui 6.5, 2.0.7] style values and class names pass a list or are dropped', () => {
    const image = root({ type: 'Image', props: { src: '/a.png', width: '100px;position:fixed', height: '50%' } })
    expect(image.props).toMatchObject({ width: '', height: '50%' })
    const box = root({ type: 'Stack', props: { children: [], className: 'p-2 fixed z-50 bg-[red] flex-1 gap-40' } })
    expect(box.props.className).toBe('p-2 flex-1')
    expect(root({ type: 'Icon', props: { name: 'X', color: 'url(https://x)' } }).props.color).toBe('')
    expect(root({ type: 'Icon', props: { name: 'X', color: 'rgb(1, 2, 3)' } }).props.color).toBe('rgb(1, 2, 3)')
  })
})

describe('forms', () => {
  test('[ui 4.6] defaults outrank declared values, hidden values ride along, closed tabs count, inner forms do not', () => {
    const form = root({
      type: 'Form',
      props: {
        action: 'save_crate',
        defaults: { crate_id: 'c-17', fragile: true },
        children: [
          { type: 'Input', props: { param_name: 'code', value: '' } },
          {
            type: 'Tabs',
            props: {
              tabs: [
                { label: 'A', content: [] },
                {
                  label: 'B',
                  content: { type: 'Select', props: { options: ['d4'], value: 'd4', param_name: 'dock' } },
                },
              ],
            },
          },
          { type: 'Toggle', props: { value: false, param_name: 'fragile' } },
          { type: 'Form', props: { children: [{ type: 'Input', props: { param_name: 'inner' } }] } },
        ],
      },
    })
    expect(formValues(form)).toEqual({ crate_id: 'c-17', fragile: true, code: '', dock: 'd4' })
  })
})

describe('schema', () => {
  test('[ui 7.4] every component has a strict JSON Schema that names its props', () => {
    const { $defs } = uiJsonSchema() as {
      $defs: Record<string, { properties: { props: { properties: object; additionalProperties: boolean } } }>
    }
    const shared = ['Node', 'Action', 'Confirm', 'Json', 'TreeItem']
    expect(Object.keys($defs).filter((name) => !shared.includes(name))).toHaveLength(56)
    expect(JSON.stringify($defs.Stack)).toContain('"items":{"$ref":"#/$defs/Node"}')
    expect($defs.Stat?.properties.props.properties).toMatchObject({
      label: { description: 'What is measured.' },
      color: { default: 'blue' },
    })
    expect($defs.Stat?.properties.props.additionalProperties).toBe(false)
    expect(Object.keys($defs.Stat?.properties.props.properties ?? {})).toEqual([
      'label',
      'value',
      'trend',
      'icon',
      'color',
      'description',
      'trend_direction',
      'auto_action',
    ])
  })
})

test('[ui 5.6.5] the root may ask for one of its own panels and for nothing else', () => {
  const asking = (auto_action: unknown) => parseUiTree({ type: 'Stack', props: { children: [], auto_action } })
  expect(asking({ action: 'call', function: '__panel__crate', params: { id: 1 } }).autoAction).toMatchObject({
    function: '__panel__crate',
    params: { id: 1 },
  })
  for (const action of [{ action: 'call', function: 'delete_all' }, { action: 'send', message: 'hi' }, 'x']) {
    expect(asking(action).autoAction).toBeNull()
  }
})
