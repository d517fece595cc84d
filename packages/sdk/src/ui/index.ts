import type { JsonObject } from '@imperal/contract'
import * as actions from './actions.ts'
import * as data from './data.ts'
import * as display from './display.ts'
import * as feedback from './feedback.ts'
import * as input from './input.ts'
import * as interactive from './interactive.ts'
import * as layout from './layout.ts'
import { theme } from './theme.ts'
import type { CallAction, UINode } from './types.ts'
import { validate } from './validate.ts'

export type { BadgeOptions, DataColumnOptions } from './data.ts'
export { UIBuildError } from './emit.ts'
export type { AlertOptions, ChartOptions } from './feedback.ts'
export type { DatePickerOptions, FileUploadOptions, FormOptions, PasswordOptions, TagInputOptions } from './input.ts'
export type { BackButtonOptions, DialogOptions } from './interactive.ts'
export type {
  AccordionOptions,
  AccordionSection,
  AudioOptions,
  AvatarOptions,
  BulkAction,
  ButtonOptions,
  CardOptions,
  CheckboxOptions,
  CodeOptions,
  DataTableOptions,
  DividerOptions,
  EmptyOptions,
  ErrorOptions,
  GraphOptions,
  GridOptions,
  HeaderOptions,
  HoverAction,
  HtmlOptions,
  IconOptions,
  ImageOptions,
  InputOptions,
  KeyValueItem,
  KeyValueOptions,
  LinkOptions,
  ListItemOptions,
  ListOptions,
  LoadingOptions,
  MenuOptions,
  MultiSelectOptions,
  Option,
  PageOptions,
  ProgressOptions,
  RadioGroupOptions,
  RichEditorOptions,
  SectionOptions,
  SelectOptions,
  Series,
  SlideOverOptions,
  SliderOptions,
  StackOptions,
  StatOptions,
  StatsOptions,
  Tab,
  TabsOptions,
  TextAreaOptions,
  TextOptions,
  TimelineItem,
  ToastOptions,
  ToggleOptions,
  TooltipOptions,
  TrayResponseOptions,
  TreeOptions,
  VideoOptions,
} from './table.ts'
export { type AgencyTheme, type ColorPair, theme } from './theme.ts'
export type * from './types.ts'
export { type TreeIssue, type TreeReport, validate } from './validate.ts'

/** The wire form of a node: plain data that can be stored or sent. */
export function serialize(node: UINode): JsonObject {
  return structuredClone(node) as JsonObject // builders put plain data into nodes and nothing else
}

/** A copy of a panel's root that opens another panel of this app once, when the app is opened (ui 5.6). */
export function withAutoAction(root: UINode, action: CallAction): UINode {
  return Object.freeze({ ...root, props: Object.freeze({ ...root.props, auto_action: action }) })
}

/** A node of a component that this SDK does not know yet; nothing is checked. */
export function raw(type: string, props: JsonObject = {}): UINode {
  return Object.freeze({ type, props: Object.freeze({ ...props }) })
}

/** Builders of the declarative UI: each returns frozen plain data for the panel to draw. */
export const ui = {
  Call: actions.Call,
  Navigate: actions.Navigate,
  Send: actions.Send,
  Open: actions.Open,
  Stack: layout.Stack,
  Grid: layout.Grid,
  Tabs: layout.Tabs,
  Page: layout.Page,
  Section: layout.Section,
  Row: layout.Row,
  Column: layout.Column,
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
  BackButton: interactive.BackButton,
  Card: interactive.Card,
  Menu: interactive.Menu,
  Dialog: interactive.Dialog,
  Modal: interactive.Modal,
  Tooltip: interactive.Tooltip,
  Link: interactive.Link,
  SlideOver: interactive.SlideOver,
  Input: input.Input,
  Password: input.Password,
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
  DataColumn: data.DataColumn,
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
  TrayResponse: feedback.TrayResponse,
  theme,
  serialize,
  validate,
  withAutoAction,
  raw,
} as const
