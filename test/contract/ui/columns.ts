/** What a builder writes (ui 2): `always` with the value it has when the author says nothing, `sparse` when it differs. */
export interface Columns {
  /** The component on the wire, where the builder stands for another one. */
  readonly type?: string
  readonly always: Readonly<Record<string, unknown>>
  readonly sparse: readonly string[]
}

/** Stands for a value that the author must give. */
export const GIVEN = Symbol('given by the author')

const words = (text: string): string[] => text.split(' ')
const FIELD = words('label description error required disabled')
const TEXT_FIELD = [...FIELD, 'readonly']
const CAPTION = words('label description error required')
const OVERLAY = words('content on_confirm subtitle size max_width dismissible destructive on_close open')
const INPUT = { placeholder: '', value: '', param_name: 'value' }

/** The tables of the specification, copied by hand: the contract's own table is what they check. */
export const COLUMNS: Readonly<Record<string, Columns>> = {
  Stack: { always: { children: GIVEN, direction: 'v', gap: 3 }, sparse: words('wrap align justify sticky className') },
  Grid: { always: { children: GIVEN, columns: 2, gap: 3 }, sparse: ['className'] },
  Tabs: { always: { tabs: GIVEN, default_tab: 0 }, sparse: [] },
  Page: { always: { children: GIVEN }, sparse: words('title subtitle') },
  Section: { always: { children: GIVEN, collapsible: false }, sparse: ['title'] },
  Row: { type: 'Stack', always: { children: GIVEN, direction: 'h', gap: 3 }, sparse: [] },
  Column: { type: 'Stack', always: { children: GIVEN, direction: 'v', gap: 3 }, sparse: [] },
  Accordion: { always: { sections: GIVEN, allow_multiple: false }, sparse: [] },

  Text: { always: { content: GIVEN, variant: 'body' }, sparse: words('truncate className') },
  Header: { always: { text: GIVEN, level: 2 }, sparse: ['subtitle'] },
  Icon: { always: { name: GIVEN, size: 16, color: '' }, sparse: ['className'] },
  Image: { always: { src: GIVEN }, sparse: words('alt width height on_click object_fit caption') },
  Code: { always: { content: GIVEN, line_numbers: false }, sparse: ['language'] },
  Markdown: { always: { content: GIVEN }, sparse: [] },
  Divider: { always: {}, sparse: ['label'] },
  Empty: { always: { message: 'No data' }, sparse: words('icon action action_label') },
  Html: { always: { content: GIVEN, sandbox: true }, sparse: words('max_height theme') },
  Video: { always: { src: GIVEN, controls: true }, sparse: words('poster title autoplay loop muted width height') },
  Audio: { always: { src: GIVEN, controls: true }, sparse: words('title autoplay loop') },

  Button: {
    always: { label: GIVEN, variant: 'primary', disabled: false, size: 'md' },
    sparse: words('on_click full_width icon icon_left icon_right loading loading_label type aria_label'),
  },
  BackButton: {
    type: 'Button',
    always: { label: '← Back', variant: 'ghost', disabled: false, size: 'sm' },
    sparse: ['on_click'],
  },
  Card: { always: {}, sparse: words('title subtitle content footer on_click border padding') },
  Menu: { always: { items: GIVEN }, sparse: words('trigger align') },
  Dialog: { always: { title: GIVEN, confirm_label: 'Confirm', cancel_label: 'Cancel' }, sparse: OVERLAY },
  Modal: { always: { confirm_label: 'Confirm', cancel_label: 'Cancel' }, sparse: ['title', ...OVERLAY] },
  Tooltip: { always: { content: GIVEN }, sparse: words('children delay_ms') },
  Link: { always: { label: GIVEN }, sparse: words('href on_click') },
  SlideOver: { always: { title: GIVEN, subtitle: '', open: true, width: 'md' }, sparse: words('children on_close') },

  Input: { always: INPUT, sparse: ['on_submit', 'type', 'variant', ...TEXT_FIELD] },
  Password: {
    type: 'Input',
    always: { ...INPUT, placeholder: 'paste value…', type: 'password' },
    sparse: ['on_submit', ...TEXT_FIELD],
  },
  TextArea: {
    always: { placeholder: '', value: '', rows: 4, param_name: 'text' },
    sparse: ['on_submit', ...TEXT_FIELD],
  },
  Toggle: {
    always: { value: false, param_name: 'enabled' },
    sparse: words('label on_change disabled description'),
  },
  Select: {
    always: { options: GIVEN, value: '', param_name: 'value' },
    sparse: ['placeholder', 'on_change', ...FIELD],
  },
  MultiSelect: {
    always: { options: GIVEN, values: [], param_name: 'values' },
    sparse: ['placeholder', 'on_change', ...FIELD],
  },
  Slider: {
    always: { min: 0, max: 100, value: 50, step: 1, param_name: 'value' },
    sparse: words('label disabled on_change'),
  },
  DatePicker: { always: { value: '', param_name: 'date' }, sparse: ['on_change', 'min', 'max', ...FIELD] },
  FileUpload: {
    always: { accept: '*', max_size_mb: 10, multiple: false, param_name: 'files' },
    sparse: words('on_upload blocked_extensions max_total_mb max_files title hint variant show_previews statuses'),
  },
  RichEditor: {
    always: { content: '', placeholder: 'Start writing...', param_name: 'content', toolbar: true },
    sparse: ['on_save', 'on_change', ...CAPTION],
  },
  TagInput: {
    always: { values: [], suggestions: [], placeholder: 'Add...', param_name: 'tags', grouped_by: '' },
    sparse: ['on_change', 'delimiters', 'validate', 'validate_message', ...CAPTION],
  },
  Form: { always: { children: GIVEN, submit_label: 'Submit' }, sparse: words('action defaults confirm') },
  Checkbox: { always: { value: false, param_name: 'checked' }, sparse: ['on_change', ...FIELD] },
  RadioGroup: {
    always: { options: GIVEN, value: '', param_name: 'value', orientation: 'vertical' },
    sparse: ['on_change', ...FIELD],
  },

  List: {
    always: { items: GIVEN, searchable: false, grouped_by: '' },
    sparse: words(
      'page_size on_end_reached selectable bulk_actions total_items extra_info title empty_text search_placeholder max_height ids_param',
    ),
  },
  ListItem: {
    always: { id: GIVEN, title: GIVEN },
    // `group` is what `grouped_by: 'group'` reads; it is a prop of this project.
    sparse: words(
      'subtitle meta avatar badge icon selected on_click actions draggable droppable on_drop expandable expanded_content group',
    ),
  },
  DataTable: {
    always: { columns: GIVEN, rows: GIVEN },
    sparse: words('on_row_click on_cell_edit empty_text max_height sticky_header'),
  },
  Stat: {
    always: { label: GIVEN, value: GIVEN, trend: '', icon: '', color: 'blue' },
    sparse: words('description trend_direction'),
  },
  Stats: { always: { children: GIVEN }, sparse: ['columns'] },
  // `value` has no default: without one there is nothing to write.
  Badge: { always: { label: '', color: 'gray' }, sparse: words('value size dot') },
  Avatar: { always: { fallback: '?', src: '', size: 'md' }, sparse: words('name shape') },
  KeyValue: { always: { items: GIVEN, columns: 1 }, sparse: [] },
  Timeline: { always: { items: GIVEN }, sparse: [] },
  Tree: { always: { nodes: GIVEN }, sparse: ['label'] },

  Alert: { always: { message: GIVEN, title: '', variant: 'info' }, sparse: ['dismissible'] },
  Progress: { always: { value: GIVEN, label: '', variant: 'bar' }, sparse: words('color max show_value size') },
  Chart: {
    always: { chart_type: 'line', data: GIVEN, x_key: 'name', height: 200 },
    sparse: words('series y2_keys title description show_legend show_data_table'),
  },
  Loading: { always: { message: 'Loading...', variant: 'spinner' }, sparse: [] },
  Error: { always: { message: GIVEN, title: 'Error' }, sparse: words('retry retry_label') },
  Toast: { always: { message: GIVEN, variant: 'info', duration: 5000 }, sparse: words('title action action_label') },
  Graph: {
    always: {
      nodes: GIVEN,
      edges: GIVEN,
      layout: 'cose-bilkent',
      height: 600,
      min_node_size: 10,
      max_node_size: 50,
      edge_label_visible: false,
      color_by: 'type',
    },
    sparse: words('on_node_click title description animate'),
  },
  TrayResponse: { always: {}, sparse: words('badge panel') },
}
