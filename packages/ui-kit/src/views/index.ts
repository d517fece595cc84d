import type { ViewRegistry } from '../tree/view.ts'
import { MultiSelectView, SelectView, TagInputView } from './choices.tsx'
import { AvatarView, BadgeView, KeyValueView, StatsView, StatView, TimelineView } from './data.tsx'
import {
  CodeView,
  DividerView,
  EmptyView,
  HeaderView,
  IconView,
  ImageView,
  MarkdownView,
  TextView,
} from './display.tsx'
import { AlertView, ErrorView, LoadingView, ProgressView, ToastView } from './feedback.tsx'
import { FormView } from './form.tsx'
import { AppIconView, GhostView, TrayResponseView } from './host.tsx'
import { CheckboxView, InputView, RadioGroupView, SliderView, TextAreaView, ToggleView } from './inputs.tsx'
import { ButtonView, CardView, LinkView, MenuView, TooltipView } from './interactive.tsx'
import { AccordionView, GridView, PageView, SectionView, StackView, TabsView } from './layout.tsx'
import {
  AudioView,
  ChartView,
  DataTableView,
  DatePickerView,
  FileUploadView,
  GraphView,
  HtmlView,
  RichEditorView,
  VideoView,
} from './lazy.tsx'
import { ListItemView, ListView } from './list/list.tsx'
import { DialogView, ModalView, SlideOverView } from './overlays.tsx'
import { TreeView } from './tree.tsx'

/** The view of every component in the table. */
export const VIEWS: ViewRegistry = {
  Stack: StackView,
  Grid: GridView,
  Tabs: TabsView,
  Page: PageView,
  Section: SectionView,
  Accordion: AccordionView,
  Text: TextView,
  Header: HeaderView,
  Icon: IconView,
  Image: ImageView,
  Code: CodeView,
  Markdown: MarkdownView,
  Divider: DividerView,
  Empty: EmptyView,
  Html: HtmlView,
  Video: VideoView,
  Audio: AudioView,
  Button: ButtonView,
  Card: CardView,
  Menu: MenuView,
  Dialog: DialogView,
  Modal: ModalView,
  Tooltip: TooltipView,
  Link: LinkView,
  SlideOver: SlideOverView,
  Input: InputView,
  TextArea: TextAreaView,
  Toggle: ToggleView,
  Checkbox: CheckboxView,
  RadioGroup: RadioGroupView,
  Select: SelectView,
  MultiSelect: MultiSelectView,
  Slider: SliderView,
  DatePicker: DatePickerView,
  FileUpload: FileUploadView,
  RichEditor: RichEditorView,
  TagInput: TagInputView,
  Form: FormView,
  List: ListView,
  ListItem: ListItemView,
  DataTable: DataTableView,
  Stat: StatView,
  Stats: StatsView,
  Badge: BadgeView,
  Avatar: AvatarView,
  KeyValue: KeyValueView,
  Timeline: TimelineView,
  Tree: TreeView,
  Alert: AlertView,
  Progress: ProgressView,
  Chart: ChartView,
  Loading: LoadingView,
  Error: ErrorView,
  Toast: ToastView,
  Graph: GraphView,
  TrayResponse: TrayResponseView,
  AppIcon: AppIconView,
  Ghost: GhostView,
}
