import {
  builderDefault,
  type ComponentSpec,
  type ItemShape,
  optionName,
  type Prop,
  UI_COMPONENTS,
  UI_COMPOSED,
  type UiComponentType,
  type UiComposedName,
} from '@imperal/contract/ui'
import { codeOf, GALLERY, type GalleryName, MODULE_TITLES } from '../../packages/ui-kit/src/gallery/index.ts'
import { NOTICE, table } from './markdown.ts'

type AnyProp = Prop<unknown>
type Table = Readonly<Record<string, AnyProp>>

const INTRO = `An extension returns trees of plain data; the panel draws them. \`import { ui } from '@imperal/sdk/ui'\` gives a builder for every
component below. What a component needs comes first, by position; everything else is one object of options. Builders refuse unknown
options and values (\`UIBuildError\`), the panel forgives them: what it does not understand it leaves out.

Options are written in camel case and travel in snake case, so \`onClick\` is \`on_click\` on the wire. *always* in the column "default"
means that the value travels every time; other defaults stay off the wire. Every component also takes \`node: { id?, key?, revision? }\`:
identity across refreshes, and a mark that resets what was typed or opened in it. A running platform shows every component, live and with
its code, at \`/gallery\`; editors can check trees with \`schemas/ui.schema.json\` of the SDK.`

const ACTIONS: readonly (readonly string[])[] = [
  [
    '`ui.Call(fn, params?, { confirm? })`',
    'Runs a function of the own app, or opens one of its panels. What the control holds is added to `params`.',
  ],
  ['`ui.Navigate(path, { confirm? })`', 'Goes to a path of the shell.'],
  ['`ui.Send(message, { confirm? })`', "Says something in the chat in the user's name; needs a click."],
  ['`ui.Open(url, { confirm? })`', 'Opens an https URL in a new tab; needs a click.'],
]

function defaultWords(prop: AnyProp): string {
  if (prop.required) return 'required'
  const value = builderDefault(prop)
  const words = value === undefined || value === '' ? '' : `\`${JSON.stringify(value)}\``
  return prop.emit === 'always' ? `${words || '`""`'} always` : words
}

function rows(props: Table, docs: Readonly<Record<string, string>>): string[][] {
  return Object.entries(props)
    .filter(([, prop]) => prop.offered)
    .map(([wire, prop]) => {
      const payload = prop.kind.payload ? ` Adds \`${prop.kind.payload}\`.` : ''
      return [`\`${optionName(wire, prop)}\``, `\`${prop.kind.type}\``, defaultWords(prop), `${docs[wire]}${payload}`]
    })
}

const HEAD = ['option', 'type', 'default', 'meaning']

function call(name: string, spec: ComponentSpec): string {
  const props = spec.props as Table
  const args = (spec.args ?? []).map((wire) => optionName(wire, props[wire] as AnyProp)) // args are names of the table
  const hasOptions = Object.keys(props).length > args.length
  return `\`ui.${name}(${[...args, ...(hasOptions ? ['options'] : [])].join(', ')})\``
}

function example(name: GalleryName): string {
  const first = GALLERY[name][0]
  return first === undefined ? '' : `\n\n\`\`\`ts\n${codeOf(first.tree, name)}\n\`\`\``
}

function component(type: UiComponentType): string {
  const spec: ComponentSpec = UI_COMPONENTS[type]
  const props = rows(spec.props, spec.docs)
  return `### ${type}\n\n${spec.doc}\n\n${call(type, spec)}${props.length > 0 ? `\n\n${table(HEAD, props)}` : ''}${example(type)}`
}

function composed(name: UiComposedName): string {
  const { of, doc, offers } = UI_COMPOSED[name]
  const source: Table = UI_COMPONENTS[of].props
  const names = (offers as readonly string[]).map((wire) => `\`${optionName(wire, source[wire] as AnyProp)}\``) // names of the table
  const takes = names.length > 0 ? ` Takes ${names.join(', ')} as ${of} does.` : ''
  return `### ${name}\n\n${doc}${takes}${example(name)}`
}

function shapes(): ItemShape[] {
  const found = new Map<string, ItemShape>()
  for (const spec of Object.values(UI_COMPONENTS))
    for (const prop of Object.values(spec.props as Table))
      if (prop.kind.shape) found.set(prop.kind.shape.name, prop.kind.shape)
  return [...found.values()]
}

/** The reference of every component, out of the table that builders and panel share. */
export function uiPage(): string {
  const offered = (Object.keys(UI_COMPONENTS) as UiComponentType[]).filter(
    (type) => (UI_COMPONENTS[type] as ComponentSpec).offered !== false,
  )
  const modules = Object.entries(MODULE_TITLES).map(([module, title]) => {
    const own = offered.filter((type) => UI_COMPONENTS[type].module === module).map(component)
    const others = (Object.keys(UI_COMPOSED) as UiComposedName[])
      .filter((name) => UI_COMPONENTS[UI_COMPOSED[name].of].module === module)
      .map(composed)
    return `## ${title}\n\n${[...own, ...others].join('\n\n')}`
  })
  const items = shapes().map((shape) => `### ${shape.name}\n\n${table(HEAD, rows(shape.props, shape.docs))}`)
  return `# Components\n\n${NOTICE}\n\n${INTRO}\n\n## Actions\n\n${table(['builder', 'what it does'], ACTIONS)}\n\n${modules.join('\n\n')}\n\n## Objects inside options\n\n${items.join('\n\n')}\n`
}
