// @vitest-environment happy-dom
import { findComponent, nodeSchema, parseUiTree, UI_COMPONENTS, uiJsonSchema } from '@imperal/contract/ui'
import { ui } from '@imperal/sdk/ui'
import { configure, within } from '@testing-library/dom'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, expect, test } from 'vitest'
import { codeOf, GALLERY } from '../../../packages/ui-kit/src/gallery/index.ts'
import { fakeHost } from '../../../packages/ui-kit/src/testing/fake-host.ts'
import { type Mounted, mount } from '../../../packages/ui-kit/src/testing/mount.tsx'
import { UiTree } from '../../../packages/ui-kit/src/tree/ui-tree.tsx'
import { CALLS } from './calls.ts'
import { COLUMNS, GIVEN } from './columns.ts'
// Every byte that the builders put on the wire, for the smallest call and for one that uses every option.
import wire from './golden-wire.json' with { type: 'json' }
import { SHOWN } from './shown.ts'

const golden: Readonly<Record<string, unknown>> = wire

// Charts, editors and the like arrive when they are first drawn; a busy machine takes its time.
configure({ asyncUtilTimeout: 20_000 })

let mounted: Mounted | undefined
afterEach(async () => {
  await mounted?.unmount()
  mounted = undefined
})

/** What the tests below prove, one by one. */
const PROVEN = [
  '[ui:Stack]',
  '[ui:Grid]',
  '[ui:Tabs]',
  '[ui:Page]',
  '[ui:Section]',
  '[ui:Row]',
  '[ui:Column]',
  '[ui:Accordion]',
  '[ui:Text]',
  '[ui:Header]',
  '[ui:Icon]',
  '[ui:Image]',
  '[ui:Code]',
  '[ui:Markdown]',
  '[ui:Divider]',
  '[ui:Empty]',
  '[ui:Html]',
  '[ui:Video]',
  '[ui:Audio]',
  '[ui:Button]',
  '[ui:BackButton]',
  '[ui:Card]',
  '[ui:Menu]',
  '[ui:Dialog]',
  '[ui:Modal]',
  '[ui:Tooltip]',
  '[ui:Link]',
  '[ui:SlideOver]',
  '[ui:Input]',
  '[ui:Password]',
  '[ui:TextArea]',
  '[ui:Toggle]',
  '[ui:Select]',
  '[ui:MultiSelect]',
  '[ui:Slider]',
  '[ui:DatePicker]',
  '[ui:FileUpload]',
  '[ui:RichEditor]',
  '[ui:TagInput]',
  '[ui:Form]',
  '[ui:Checkbox]',
  '[ui:RadioGroup]',
  '[ui:List]',
  '[ui:ListItem]',
  '[ui:DataTable]',
  '[ui:DataColumn]',
  '[ui:Stat]',
  '[ui:Stats]',
  '[ui:Badge]',
  '[ui:Avatar]',
  '[ui:KeyValue]',
  '[ui:Timeline]',
  '[ui:Tree]',
  '[ui:Alert]',
  '[ui:Progress]',
  '[ui:Chart]',
  '[ui:Loading]',
  '[ui:Error]',
  '[ui:Toast]',
  '[ui:Graph]',
  '[ui:TrayResponse]',
] as const
const names = PROVEN.map((id) => id.slice('[ui:'.length, -1))

test('[S003-141] [S003-142] [S003-143] [S003-144] [S003-145] [S003-146] [S003-147] [S003-148] every component has a builder, and the seed names are all there', () => {
  const offered = Object.entries(UI_COMPONENTS).filter(([, spec]) => !('offered' in spec))
  expect(Object.keys(COLUMNS).sort()).toEqual(
    [...new Set([...offered.map(([type]) => type), 'Row', 'Column', 'Password', 'BackButton'])].sort(),
  )
  expect([...Object.keys(CALLS), 'DataColumn'].sort()).toEqual([...names].sort())
  expect(Object.keys(SHOWN).sort()).toEqual([...names].sort())
  const seeds =
    'Stack Grid Tabs Page Section Row Column Accordion Text Header Icon Image Code Markdown Divider Empty Html Button Card Menu Dialog Tooltip Link SlideOver Input TextArea Toggle Select MultiSelect Form Slider DatePicker FileUpload RichEditor TagInput List ListItem DataTable DataColumn Stat Stats Badge Avatar KeyValue Timeline Tree Alert Progress Chart Loading Error Call Navigate Send Open'.split(
      ' ',
    )
  expect(seeds).toHaveLength(55)
  for (const name of [...seeds, 'Video', 'Audio', 'Password']) expect(ui).toHaveProperty(name)
  const helpers = ['theme', 'serialize', 'validate', 'withAutoAction', 'raw']
  expect(Object.keys(ui).filter((name) => !helpers.includes(name))).toHaveLength(65)
})

test.each(PROVEN)(
  '%s the builder writes the columns of the specification, the table reads them, and people find it by role and name',
  async (id) => {
    const name = id.slice('[ui:'.length, -1)
    if (name === 'DataColumn') checkColumn()
    else checkWire(name)
    const shown = SHOWN[name]
    const host = fakeHost()
    mounted = await mount(<UiTree node={shown?.tree} host={host} />)
    await shown?.see(within(document.body), host)
    expect(parseUiTree(shown?.tree).notes).toEqual([])
  },
)

function checkWire(name: string): void {
  const calls = CALLS[name]
  const columns = COLUMNS[name]
  if (calls === undefined || columns === undefined) throw new Error(`nothing is known of ${name}`)
  const type = columns.type ?? name
  const always = Object.keys(columns.always)
  expect(calls.small.type).toBe(type)
  // The order of keys is the order of the table, which puts props that a group shares last.
  expect(Object.keys(calls.small.props).sort()).toEqual(always.toSorted())
  for (const [key, value] of Object.entries(columns.always))
    if (value !== GIVEN) expect(calls.small.props[key]).toEqual(value)
  expect(Object.keys(calls.full.props).sort()).toEqual([...always, ...columns.sparse].sort())
  for (const node of [calls.small, calls.full]) {
    expect(parseUiTree(node).notes).toEqual([])
    expect(nodeSchema(type as 'Text').safeParse(node).error).toBeUndefined()
    expect(findComponent(node.type)?.type).toBe(type)
    expect(JSON.parse(JSON.stringify(node))).toEqual(node)
  }
  expect(calls).toEqual(golden[name])
}

function checkColumn(): void {
  expect(ui.DataColumn('sku', 'SKU')).toEqual({ key: 'sku', label: 'SKU', sortable: true })
  expect(ui.DataColumn('sku', 'SKU', { sortable: true, width: '', editable: false })).toEqual(
    ui.DataColumn('sku', 'SKU'),
  )
  const full = ui.DataColumn('sku', 'SKU', { sortable: false, width: '4rem', editable: true, align: 'right' })
  expect(full).toEqual({
    key: 'sku',
    label: 'SKU',
    sortable: false,
    width: '4rem',
    editable: true,
    edit_type: 'text',
    align: 'right',
  })
}

test('[ui 2] what is given as its default travels as if it had not been given', () => {
  expect(ui.Button('a', { variant: 'primary', size: 'md', fullWidth: false, icon: '', type: 'button' })).toEqual(
    ui.Button('a'),
  )
  expect(ui.List([], { pageSize: 0, selectable: false, idsParam: 'message_ids', title: '' })).toEqual(ui.List([]))
  expect(ui.Dialog('a', { dismissible: true, open: true, size: 'md', destructive: false })).toEqual(ui.Dialog('a'))
  expect(ui.Dialog('a', { dismissible: false, open: false })).toMatchObject({
    props: { dismissible: false, open: false },
  })
  expect(ui.Progress(5, { max: 100, size: 'md' })).toEqual(ui.Progress(5))
  expect(ui.Html('a', { theme: 'dark', maxHeight: 0 })).toEqual(ui.Html('a'))
  expect(ui.Stack([], { wrap: false })).toMatchObject({ props: { wrap: false } })
})

test('[ui 7.4] the JSON Schema accepts what builders write, at any depth, and nothing else', () => {
  const isTree = new Ajv2020({ strict: false, discriminator: false }).compile(uiJsonSchema())
  for (const [name, { small, full }] of Object.entries(CALLS)) {
    for (const node of [small, full]) expect(isTree(node), `${name} ${JSON.stringify(isTree.errors)}`).toBe(true)
  }
  expect(isTree(ui.Stack([ui.Card({ content: ui.Text('a') })]))).toBe(true)
  for (const wrong of [
    { type: 'Text', props: { content: 'a', style: 'x' } },
    { type: 'Text', props: {} },
    { type: 'Blink', props: {} },
  ])
    expect(isTree({ type: 'Stack', props: { children: [wrong], direction: 'v', gap: 3 } })).toBe(false)
})

const examples = Object.entries(GALLERY).flatMap(([name, all]) =>
  all.map((example) => [name, example.name, example.tree] as const),
)

test.each(examples)(
  'the code that the gallery shows for %s, "%s", makes the tree beside it',
  (name, _example, tree) => {
    const code = codeOf(tree, name)
    expect(new Function('ui', `return ${code}`)(ui), code).toEqual(tree)
  },
)
