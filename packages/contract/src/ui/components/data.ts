import { component } from '../component.ts'
import { always, item, required } from '../prop.ts'
import { listItems, printable, scalar, tableRows, treeEntries } from '../prop-special.ts'
import { action, confirmation, items, node, nodes } from '../prop-structures.ts'
import { bool, choice, icon, integer, json, paramName, text, tone, url } from '../prop-values.ts'
import { BUTTON_SYNONYMS, BUTTON_VARIANTS } from './interactive.ts'

const bulkAction = item(
  'BulkAction',
  {
    label: required(text()),
    action: required(action('{ message_ids: string[] }')),
    icon: icon(),
    variant: choice(BUTTON_VARIANTS, 'secondary', BUTTON_SYNONYMS),
    confirm: confirmation(),
  },
  {
    label: 'What the button says.',
    action: 'What happens to the ticked rows.',
    icon: 'Before the label.',
    variant: 'As of a Button.',
    confirm: 'Asked before it is done; {count} is the number of rows.',
  },
)

export const List = component({
  module: 'data',
  since: 'seed',
  doc: 'Rows with search, groups, pages, selection and more on demand. Any node may be a row.',
  args: ['items'],
  props: {
    items: required(listItems()),
    searchable: always(bool(false)),
    grouped_by: always(text()),
    page_size: integer(0, 0, 1_000),
    on_end_reached: action(),
    selectable: bool(false),
    bulk_actions: items(bulkAction),
    total_items: integer(0, 0, Number.MAX_SAFE_INTEGER),
    extra_info: text(),
    title: text(),
    empty_text: text(),
    search_placeholder: text(),
    max_height: integer(0, 0, 10_000),
    ids_param: paramName('message_ids'),
  },
  docs: {
    items: 'The rows in order.',
    searchable: 'A field that filters what is loaded, without asking the app.',
    grouped_by: 'The ListItem prop whose value makes a heading where it changes, such as group.',
    page_size: 'Rows on a page; 0 shows all.',
    on_end_reached: 'Asks for the next rows when the end comes into sight; usually a call of the same panel.',
    selectable: 'Rows can be ticked.',
    bulk_actions: 'What can be done with the ticked rows.',
    total_items: 'How many there are in all, for the footer.',
    extra_info: 'A remark in the footer.',
    title: 'Names the list.',
    empty_text: 'Shown without rows.',
    search_placeholder: 'What the search field says.',
    max_height: 'Pixels before the list itself scrolls; 0 lets the pane scroll.',
    ids_param: 'The name under which the ids of ticked rows travel.',
  },
})

const hoverAction = item(
  'HoverAction',
  { icon: required(icon()), on_click: required(action()), label: text(), confirm: confirmation() },
  {
    icon: 'What the button shows.',
    on_click: 'What it does.',
    label: 'Its name; without one the words of the icon.',
    confirm: 'Asked before it is done.',
  },
)

export const ListItem = component({
  module: 'data',
  since: 'seed',
  doc: 'One row of a List.',
  args: ['id', 'title'],
  props: {
    id: required(text()),
    title: required(text()),
    subtitle: text(),
    meta: text(),
    avatar: node(),
    badge: node(),
    icon: icon(),
    selected: bool(false),
    on_click: action(),
    actions: items(hoverAction),
    draggable: bool(false),
    droppable: bool(false),
    on_drop: action('{ dragged_id, target_id }'),
    expandable: bool(false),
    expanded_content: nodes(),
    group: text(),
  },
  docs: {
    id: 'Its identity: for selection, dragging and refreshes.',
    title: 'What the row is called.',
    subtitle: 'A second line.',
    meta: 'A few characters at the end, such as a time.',
    avatar: 'An Avatar at the start.',
    badge: 'A Badge at the end.',
    icon: 'At the start, when there is no avatar.',
    selected: 'Marked as the current one.',
    on_click: 'What a click on the row does.',
    actions: 'Buttons that appear on hover and focus.',
    draggable: 'Can be dragged onto other rows of the app.',
    droppable: 'Takes rows that are dragged onto it.',
    on_drop: 'Fired by a drop.',
    expandable: 'A click opens the content below instead of firing on_click.',
    expanded_content: 'What opens below the row.',
    group: 'The heading under which it stands when the List is grouped by group.',
  },
})

/** A column of a DataTable; its own builder is DataColumn. */
export const tableColumn = item(
  'Column',
  {
    key: required(text()),
    label: required(text()),
    sortable: always(bool(true)),
    width: text(),
    editable: bool(false),
    edit_type: choice(['text', 'toggle', 'number'], 'text'),
    align: choice(['left', 'center', 'right'], ''),
  },
  {
    key: 'The key of the rows that it shows.',
    label: 'What its head says.',
    sortable: 'A click on the head sorts.',
    width: 'A CSS length.',
    editable: 'Cells can be changed in place, when the table has on_cell_edit.',
    edit_type: 'The editor; number sends a number.',
    align: 'By default numbers stand at the right.',
  },
)

export const DataTable = component({
  module: 'data',
  since: 'seed',
  doc: 'Rows and columns that can be sorted and, with on_cell_edit, edited in place. Give every row an id.',
  args: ['columns', 'rows'],
  props: {
    columns: required(items(tableColumn, 'tableColumns')),
    rows: required(tableRows()),
    on_row_click: action('{ row }'),
    on_cell_edit: action('{ row_id, column_key, value }'),
    empty_text: text(),
    max_height: integer(0, 0, 10_000),
    sticky_header: bool(false),
  },
  docs: {
    columns: 'Made with DataColumn.',
    rows: 'Plain objects; a cell may be a node.',
    on_row_click: 'Fired by a click on a row.',
    on_cell_edit: 'Fired by each change of a cell.',
    empty_text: 'Shown without rows.',
    max_height: 'Pixels before the table itself scrolls.',
    sticky_header: 'The head stays in sight.',
  },
})

export const Stat = component({
  module: 'data',
  since: 'seed',
  doc: 'One measured value.',
  args: ['label', 'value'],
  props: {
    label: required(text()),
    value: required(printable()),
    trend: always(text()),
    icon: always(icon()),
    color: always(tone('blue')),
    description: text(),
    trend_direction: choice(['up', 'down', 'neutral'], ''),
  },
  docs: {
    label: 'What is measured.',
    value: 'The number, printed as it is.',
    trend: 'The change, in words.',
    icon: 'Before the label.',
    color: 'Tints the value; blue leaves it in ink.',
    description: 'A line below.',
    trend_direction: 'An arrow and its colour; never guessed from the words.',
  },
})

export const Stats = component({
  module: 'data',
  since: 'seed',
  doc: 'Measured values beside each other.',
  args: ['children'],
  props: { children: required(nodes()), columns: integer(0, 0, 12) },
  docs: { children: 'Stat nodes.', columns: 'At most so many beside each other; 0 means up to four.' },
})

export const Badge = component({
  module: 'data',
  since: 'seed',
  doc: 'A word or a number that marks a state.',
  args: ['label'],
  props: {
    label: always(text()),
    value: always(json()),
    color: always(tone('gray')),
    size: choice(['sm', 'md', 'lg'], 'md'),
    dot: bool(false),
  },
  docs: {
    label: 'One or two words.',
    value: 'Shown without a label; the counter of a tray item.',
    color: 'Its colour role.',
    size: 'Its height.',
    dot: 'A dot before the words, for decoration.',
  },
})

export const Avatar = component({
  module: 'data',
  since: 'seed',
  doc: 'A person or thing as a picture or initials.',
  props: {
    fallback: always(text('?')),
    src: always(url('image')),
    size: always(choice(['xs', 'sm', 'md', 'lg'], 'md')),
    name: text(),
    shape: choice(['circle', 'square'], 'circle'),
  },
  docs: {
    fallback: 'Initials are made from it when there is no picture and no name.',
    src: 'Where the picture is.',
    size: '24, 32, 40 or 56 px.',
    name: 'Whose it is; also its name for those who do not see it.',
    shape: 'Round for people, square for things.',
  },
})

const pair = item(
  'KeyValueItem',
  { key: required(text()), value: always(scalar()), copyable: bool(false) },
  { key: 'The name.', value: 'The value; null is drawn as a dash.', copyable: 'A button copies the value.' },
)

export const KeyValue = component({
  module: 'data',
  since: 'seed',
  doc: 'Names and their values.',
  args: ['items'],
  props: { items: required(items(pair)), columns: always(integer(1, 1, 6)) },
  docs: { items: 'The pairs in order.', columns: 'Pairs beside each other where there is room.' },
})

const moment = item(
  'TimelineItem',
  { title: required(text()), description: text(), time: text(), icon: icon(), color: tone('blue') },
  {
    title: 'What happened.',
    description: 'More about it.',
    time: 'When, printed as it is.',
    icon: 'Inside the dot.',
    color: 'Colour of the dot.',
  },
)

export const Timeline = component({
  module: 'data',
  since: 'seed',
  doc: 'What happened, in order.',
  args: ['items'],
  props: { items: required(items(moment)) },
  docs: { items: 'The moments in order.' },
})

export const Tree = component({
  module: 'data',
  since: 'seed',
  doc: 'Things inside things.',
  args: ['nodes'],
  props: { nodes: required(treeEntries()), label: text() },
  docs: { nodes: 'The entries of the first level.', label: 'Names the tree.' },
})
