import type { ComponentSpec, PropsOfSpec } from './component.ts'
import * as data from './components/data.ts'
import * as display from './components/display.ts'
import * as feedback from './components/feedback.ts'
import * as host from './components/host.ts'
import * as input from './components/input.ts'
import * as interactive from './components/interactive.ts'
import * as layout from './components/layout.ts'

/** The component table: every type that may stand in a node's `type`, with its props (ui 2). */
export const UI_COMPONENTS = {
  Stack: layout.Stack,
  Grid: layout.Grid,
  Tabs: layout.Tabs,
  Page: layout.Page,
  Section: layout.Section,
  Accordion: layout.Accordion,
  Text: display.Text,
  Header: display.Header,
  Icon: display.Icon,
  Image: display.Image,
  Code: display.Code,
  Markdown: display.Markdown,
  Divider: display.Divider,
  Empty: display.Empty,
  Html: display.Html,
  Video: display.Video,
  Audio: display.Audio,
  Button: interactive.Button,
  Card: interactive.Card,
  Menu: interactive.Menu,
  Dialog: interactive.Dialog,
  Modal: interactive.Modal,
  Tooltip: interactive.Tooltip,
  Link: interactive.Link,
  SlideOver: interactive.SlideOver,
  Input: input.Input,
  TextArea: input.TextArea,
  Toggle: input.Toggle,
  Checkbox: input.Checkbox,
  RadioGroup: input.RadioGroup,
  Select: input.Select,
  MultiSelect: input.MultiSelect,
  Slider: input.Slider,
  DatePicker: input.DatePicker,
  FileUpload: input.FileUpload,
  RichEditor: input.RichEditor,
  TagInput: input.TagInput,
  Form: input.Form,
  List: data.List,
  ListItem: data.ListItem,
  DataTable: data.DataTable,
  Stat: data.Stat,
  Stats: data.Stats,
  Badge: data.Badge,
  Avatar: data.Avatar,
  KeyValue: data.KeyValue,
  Timeline: data.Timeline,
  Tree: data.Tree,
  Alert: feedback.Alert,
  Progress: feedback.Progress,
  Chart: feedback.Chart,
  Loading: feedback.Loading,
  Error: feedback.ErrorBox,
  Toast: feedback.Toast,
  Graph: feedback.Graph,
  TrayResponse: host.TrayResponse,
  AppIcon: host.AppIcon,
  Ghost: host.Ghost,
} as const

/**
 * Builders whose result is another component, or a plain object: what they stand for, and the props that they fix.
 * DataColumn makes an entry of `DataTable.columns`.
 */
export const UI_COMPOSED = {
  Row: { of: 'Stack', fixed: { direction: 'h' }, offers: ['children', 'gap'], doc: 'A horizontal Stack.' },
  Column: { of: 'Stack', fixed: { direction: 'v' }, offers: ['children', 'gap'], doc: 'A vertical Stack.' },
  Password: {
    of: 'Input',
    fixed: { type: 'password' },
    offers: [
      'param_name',
      'placeholder',
      'value',
      'on_submit',
      'label',
      'description',
      'error',
      'required',
      'disabled',
      'readonly',
    ],
    doc: 'A masked line for credentials: never remembered, never logged.',
  },
  BackButton: {
    of: 'Button',
    fixed: { variant: 'ghost', size: 'sm' },
    offers: ['label', 'on_click'],
    doc: 'A small button that leads back.',
  },
  DataColumn: { of: 'DataTable', fixed: {}, offers: [], doc: 'A column of a DataTable: plain data, not a node.' },
} as const

export type UiComposedName = keyof typeof UI_COMPOSED

export type UiComponentType = keyof typeof UI_COMPONENTS

/** The props of a component as its renderer gets them: complete, safe, by wire name. */
export type UiProps<K extends UiComponentType> = PropsOfSpec<(typeof UI_COMPONENTS)[K]>

interface Found {
  readonly type: UiComponentType
  readonly spec: ComponentSpec
  /** Props that the spelling of the type implies when they are absent. */
  readonly implied: Readonly<Record<string, string>>
}

const found = (type: UiComponentType, implied: Readonly<Record<string, string>> = {}): Found => ({
  type,
  spec: UI_COMPONENTS[type],
  implied,
})

// A Map, so that "constructor" and its like are plain misses.
const byName = new Map<string, Found>([
  ...Object.keys(UI_COMPONENTS).map((type) => [type.toLowerCase(), found(type as UiComponentType)] as const), // keys of the table
  ['data_table', found('DataTable')],
  ['radio_group', found('RadioGroup')],
  ['row', found('Stack', { direction: 'h' })],
  ['column', found('Stack', { direction: 'v' })],
])

/** The component behind a `type` in any accepted spelling, or undefined (ui 1.1 rule 1). */
export function findComponent(type: string): Found | undefined {
  return byName.get(type.toLowerCase())
}
