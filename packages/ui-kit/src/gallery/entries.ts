import {
  builderDefault,
  type ComponentModule,
  type ComponentSpec,
  optionName,
  type Prop,
  UI_COMPONENTS,
  UI_COMPOSED,
  type UiComponentType,
  type UiComposedName,
} from '@imperal/contract/ui'
import type { GalleryName } from './example.ts'

type AnyProp = Prop<unknown>

/** The parts of the component table, as headings. */
export const MODULE_TITLES: Readonly<Record<ComponentModule, string>> = {
  layout: 'Layout',
  display: 'Display',
  interactive: 'Interactive',
  input: 'Input',
  data: 'Data',
  feedback: 'Feedback',
  host: 'Envelopes',
}

/** An option of a builder, in words for authors. */
export interface OptionDoc {
  readonly name: string
  readonly wire: string
  readonly type: string
  /** JSON of the value that it has when the author says nothing; empty without one. */
  readonly usual: string
  readonly required: boolean
  readonly doc: string
}

/** What the gallery tells about one component or builder. */
export interface GalleryEntry {
  readonly name: GalleryName
  readonly module: ComponentModule
  readonly doc: string
  readonly options: readonly OptionDoc[]
}

function optionsOf(spec: ComponentSpec, only?: readonly string[]): OptionDoc[] {
  const docs: Readonly<Record<string, string>> = spec.docs
  return Object.entries(spec.props as Readonly<Record<string, AnyProp>>)
    .filter(([wire, prop]) => prop.offered && (only === undefined || only.includes(wire)))
    .map(([wire, prop]) => {
      const usual = builderDefault(prop)
      return {
        name: optionName(wire, prop),
        wire,
        type: prop.kind.type,
        usual: prop.required || usual === undefined || usual === '' ? '' : JSON.stringify(usual),
        required: prop.required,
        doc: docs[wire] ?? '',
      }
    })
}

/** Every component and every builder that stands for one, in the order of the table. */
export function galleryEntries(): readonly GalleryEntry[] {
  const own = (Object.keys(UI_COMPONENTS) as UiComponentType[]).map((name): GalleryEntry => {
    const spec: ComponentSpec = UI_COMPONENTS[name]
    return { name, module: spec.module, doc: spec.doc, options: optionsOf(spec) }
  })
  const composed = (Object.keys(UI_COMPOSED) as UiComposedName[]).map((name): GalleryEntry => {
    const { of, doc, offers } = UI_COMPOSED[name]
    return { name, module: UI_COMPONENTS[of].module, doc, options: optionsOf(UI_COMPONENTS[of], offers) }
  })
  return [...own, ...composed]
}
