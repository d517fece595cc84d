/** Trees that somebody means harm with, or that a broken program sends: data for the tests of renderers. */
export interface Family {
  readonly trees: readonly unknown[]
  /** Whether such a tree is refused as a whole instead of being drawn without its bad parts. */
  readonly refused?: boolean
}

const node = (type: string, props: object = {}): unknown => ({ type, props })
const stack = (...children: unknown[]): unknown => node('Stack', { children })
const call = (name: unknown, params: unknown = {}): unknown => ({ action: 'call', function: name, params })

const ADDRESSES: readonly string[] = [
  'javascript:globalThis.hit=1',
  'JaVaScRiPt:globalThis.hit=1',
  'java\nscript:globalThis.hit=1',
  'java\tscript:globalThis.hit=1',
  '\u0001javascript:globalThis.hit=1',
  ' javascript:globalThis.hit=1',
  'javascript&colon;globalThis.hit=1',
  'vbscript:msgbox(1)',
  'data:text/html,<script>hit=1</script>',
  'data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImhpdD0xIi8+',
  'blob:https://example.com/1',
  'filesystem:https://example.com/temporary/x',
  'file:///etc/passwd',
  '//evil.example/x',
  '\\\\evil.example\\x',
  '/\\evil.example/x',
  'https://user:secret@evil.example/',
  'ftp://evil.example/x',
  'intent://evil.example#Intent;end',
  '/v1/auth/sessions',
]
const PLACES: readonly ((url: string) => unknown)[] = [
  (url) => node('Link', { label: 'Read', href: url }),
  (url) => node('Image', { src: url, alt: 'A' }),
  (url) => node('Button', { label: 'Open', on_click: { action: 'open', url } }),
]

const MARKUP: readonly string[] = [
  '<script>globalThis.hit=1</script>',
  '<img src=x onerror="globalThis.hit=1">',
  '<svg onload="globalThis.hit=1"><a xlink:href="javascript:hit=1">x</a></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=hit=1&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=hit=1>',
  '<noscript><p title="</noscript><img src=x onerror=hit=1>">',
  '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  '<form action="https://evil.example"><input name=q><button formaction=x>go</button></form>',
  '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=javascript:hit=1">',
  '<a href="java&#10;script:hit=1" ping="https://evil.example">x</a>',
  '<object data=x onerror=hit=1></object><embed src=x>',
  '<div id=getElementById name=body><img name=cookie></div>',
  '<details open ontoggle=hit=1><summary>x</summary></details>',
  '<div style="position:fixed;inset:0;background:url(javascript:hit=1)">x</div>',
  '<style>@import "https://evil.example/x.css"; *{position:fixed}</style>',
  '<template><img src=x onerror=hit=1></template>',
]

const STYLES: readonly string[] = [
  'url(https://evil.example/x)',
  'url("javascript:hit=1")',
  'expression(hit=1)',
  '100px; position: fixed',
  '1px} body{display:none',
  'calc(100% - url(x))',
  'var(--secret)',
  '@import "x"',
  '/* */ 10px',
  '99999999px',
  '-1px',
  'red; background: url(//evil.example)',
  'image-set("https://evil.example/x" 1x)',
  'attr(data-x url)',
  '\\75rl(https://evil.example)',
  '\u0000red',
]

const KEYS: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'then',
]

const NAMES: readonly string[] = [
  '__webhook__stripe',
  '__skeleton__inbox',
  '__schedule__nightly',
  '__lifecycle__install',
  'other.app/delete',
  '../admin/delete',
  'delete notes',
  'delete\nnotes',
  'constructor.constructor("hit=1")()',
  '',
  'a'.repeat(200),
  '1abc',
  '<script>hit=1</script>',
  '${hit=1}',
  'f();hit=1',
  'фу',
]

const PATTERNS: readonly string[] = [
  '(a+)+$',
  '(a|a)*$',
  '([a-zA-Z]+)*$',
  '(.*a){20}',
  '((a*)*)*b',
  '^(\\w+\\s?)*$',
  '(x+x+)+y',
  '(?:a?){30}a{30}',
  '\\1(a)',
  '(?<=(a+)+)b',
  '[',
  '(?<name',
  'a'.repeat(300),
  '(a{1,100}){1,100}',
  '(?=(a+))*b',
  '(\\d+|\\d+)+!',
]

function nested(depth: number, type = 'Stack'): unknown {
  let tree: unknown = node('Text', { content: 'x' })
  for (let level = 0; level < depth; level++)
    tree = node(type, type === 'Card' ? { content: tree } : { children: [tree] })
  return tree
}

const many = (count: number, make: (index: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, index) => make(index))
const long = (length: number): string => 'x'.repeat(length)

const cyclic: Record<string, unknown> = { type: 'Stack', props: {} }
cyclic.props = { children: [cyclic] }
const throwing = {
  type: 'Text',
  get props(): never {
    throw new Error('no')
  },
}
const proxied = new Proxy(
  { type: 'Text' },
  {
    ownKeys: () => {
      throw new Error('no')
    },
  },
)

/** Ten ways to mean harm. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  'unknown types': {
    trees: [
      ...KEYS.map((type) => stack(node(type, { children: [node('Text', { content: 'x' })] }))),
      ...[
        'script',
        'iframe',
        'SCRIPT',
        'style',
        'object',
        'link',
        'meta',
        'form',
        'svg',
        'a',
        'Script',
        'Iframe',
        'React.Fragment',
      ].map((type) =>
        stack(
          node(type, { src: 'javascript:hit=1', children: 'hit=1', href: 'javascript:hit=1' }),
          node('Text', { content: 'stays' }),
        ),
      ),
    ],
  },
  'malformed trees': {
    trees: [
      null,
      undefined,
      0,
      Number.POSITIVE_INFINITY,
      '',
      'Text',
      true,
      [],
      [[]],
      () => 1,
      Symbol('x'),
      10n,
      Number.NaN,
      new Date(0),
      new Map([['type', 'Text']]),
      cyclic,
      throwing,
      proxied,
    ].map((tree) => tree),
  },
  'deep nesting': {
    trees: [33, 40, 64, 100, 250, 500, 900].flatMap((depth) => [
      nested(depth),
      nested(depth, 'Card'),
      nested(depth, 'Section'),
    ]),
    refused: true,
  },
  addresses: {
    trees: [
      ...ADDRESSES.flatMap((url) => PLACES.map((place) => place(url))),
      ...ADDRESSES.map((url) => node('Markdown', { content: `[a](${url}) ![b](${url})` })),
    ],
  },
  styles: {
    trees: STYLES.flatMap((value) => [
      node('Image', { src: '/icon.svg', width: value, height: value, object_fit: value }),
      node('Icon', { name: 'Mail', color: value, size: value }),
      node('Stack', { children: [], className: value, gap: value }),
    ]),
  },
  markup: {
    trees: MARKUP.flatMap((content) => [
      node('Html', { content, sandbox: false }),
      node('Html', { content }),
      node('Markdown', { content }),
      node('Text', { content }),
      node('RichEditor', { content }),
    ]),
  },
  'huge payloads': {
    trees: [
      node('Text', { content: long(300_000) }),
      node('Text', { content: long(70_000) }),
      node('Button', { label: long(10_000) }),
      stack(...many(6_000, () => node('Divider'))),
      stack(...many(1_500, () => node('Divider'))),
      node('List', { items: many(1_500, (index) => node('ListItem', { id: String(index), title: 'x' })) }),
      node('DataTable', {
        columns: many(80, (index) => ({ key: `c${index}`, label: 'c' })),
        rows: many(50, () => ({ c1: 1 })),
      }),
      node('DataTable', {
        columns: [{ key: 'a', label: 'a' }],
        rows: many(3_000, (index) => ({ id: index, a: index })),
      }),
      node('Tree', { nodes: many(2_500, (index) => ({ id: String(index), label: 'x' })) }),
      node('Chart', { chart_type: 'line', data: many(6_000, (index) => ({ name: index, a: index })), x_key: 'name' }),
      node('Select', { options: many(1_500, (index) => ({ value: String(index), label: 'x' })) }),
      node('TagInput', { suggestions: many(1_500, String), values: many(1_500, String) }),
      node('Button', { label: 'x', on_click: call('f', { blob: long(70_000) }) }),
      node('Button', { label: 'x', on_click: { action: 'send', message: long(9_000) } }),
      node('Tabs', { tabs: many(1_200, (index) => ({ label: `t${index}`, content: node('Text', { content: 'x' }) })) }),
      node('Timeline', { items: many(1_500, (index) => ({ title: `t${index}` })) }),
    ],
  },
  'forbidden keys': {
    trees: KEYS.flatMap((key) => [
      JSON.parse(`{"type":"Text","props":{"content":"x","${key}":{"polluted":true}}}`),
      JSON.parse(
        `{"type":"Button","props":{"label":"x","on_click":{"action":"call","function":"f","params":{"${key}":{"polluted":true}}}}}`,
      ),
      JSON.parse(`{"type":"KeyValue","props":{"items":{"${key}":{"polluted":true}}}}`),
    ]),
  },
  'forged calls': {
    trees: NAMES.flatMap((name) => [
      node('Button', { label: 'x', on_click: call(name) }),
      node('List', {
        items: [
          node('ListItem', {
            id: 'a',
            title: 'a',
            on_click: call(name),
            actions: [{ icon: 'X', on_click: call(name) }],
          }),
        ],
        on_end_reached: call(name),
      }),
      { type: 'Stack', props: { children: [], auto_action: call(name) } },
    ]),
  },
  'patterns that never end': {
    trees: PATTERNS.flatMap((validate) => [
      node('TagInput', { param_name: 't', validate, values: [`${'a'.repeat(40)}!`] }),
      node('Form', {
        children: [node('TagInput', { param_name: 't', validate, values: [`${'1'.repeat(40)}x`] })],
        action: 'f',
      }),
    ]),
  },
}
