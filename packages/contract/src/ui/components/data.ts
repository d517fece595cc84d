import { component } from '../component.ts'
import { always, required } from '../prop.ts'
import { listItems, printable, scalar, tableRows, treeEntries } from '../prop-special.ts'
import { action, confirmation, items, node, nodes } from '../prop-structures.ts'
import { bool, choice, icon, integer, json, paramName, text, tone, url } from '../prop-values.ts'
import { BUTTON_SYNONYMS, BUTTON_VARIANTS } from './interactive.ts'

export const bulkActionShape = {
  label: required(text()),
  action: required(action()),
  icon: icon(),
  variant: choice(BUTTON_VARIANTS, 'secondary', BUTTON_SYNONYMS),
  confirm: confirmation(),
}

export const List = component({
  module: 'data',
  since: 'seed',
  doc: 'Rows with search, groups, pages, selection and more on demand.',
  props: {
    items: required(listItems()),
    searchable: always(bool(false)),
    grouped_by: always(text()),
    page_size: integer(0, 0, 1_000),
    on_end_reached: action(),
    selectable: bool(false),
    bulk_actions: items(bulkActionShape),
    total_items: integer(0, 0, Number.MAX_SAFE_INTEGER),
    extra_info: text(),
    title: text(),
    empty_text: text(),
    search_placeholder: text(),
    max_height: integer(0, 0, 10_000),
    ids_param: paramName('message_ids'),
  },
})

export const hoverActionShape = {
  icon: required(icon()),
  on_click: required(action()),
  label: text(),
  confirm: confirmation(),
}

export const ListItem = component({
  module: 'data',
  since: 'seed',
  doc: 'One row of a List.',
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
    actions: items(hoverActionShape),
    draggable: bool(false),
    droppable: bool(false),
    on_drop: action(),
    expandable: bool(false),
    expanded_content: nodes(),
    group: text(),
  },
})

export const columnShape = {
  key: required(text()),
  label: required(text()),
  sortable: bool(true),
  width: text(),
  editable: bool(false),
  edit_type: choice(['text', 'toggle', 'number'], 'text'),
  align: choice(['left', 'center', 'right'], ''),
}

export const DataTable = component({
  module: 'data',
  since: 'seed',
  doc: 'Rows and columns that can be sorted and edited in place.',
  props: {
    columns: required(items(columnShape, 'tableColumns')),
    rows: required(tableRows()),
    on_row_click: action(),
    on_cell_edit: action(),
    empty_text: text(),
    max_height: integer(0, 0, 10_000),
    sticky_header: bool(false),
  },
})

export const Stat = component({
  module: 'data',
  since: 'seed',
  doc: 'One measured value.',
  props: {
    label: required(text()),
    value: required(printable()),
    trend: always(text()),
    icon: always(icon()),
    color: always(tone('blue')),
    description: text(),
    trend_direction: choice(['up', 'down', 'neutral'], ''),
  },
})

export const Stats = component({
  module: 'data',
  since: 'seed',
  doc: 'Measured values beside each other.',
  props: { children: required(nodes()), columns: integer(0, 0, 12) },
})

export const Badge = component({
  module: 'data',
  since: 'seed',
  doc: 'A word or a number that marks a state.',
  props: {
    label: always(text()),
    value: always(json()),
    color: always(tone('gray')),
    size: choice(['sm', 'md', 'lg'], 'md'),
    dot: bool(false),
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
})

export const keyValueShape = { key: required(text()), value: scalar(), copyable: bool(false) }

export const KeyValue = component({
  module: 'data',
  since: 'seed',
  doc: 'Names and their values.',
  props: { items: required(items(keyValueShape)), columns: always(integer(1, 1, 6)) },
})

export const timelineShape = {
  title: required(text()),
  description: text(),
  time: text(),
  icon: icon(),
  color: tone('blue'),
}

export const Timeline = component({
  module: 'data',
  since: 'seed',
  doc: 'What happened, in order.',
  props: { items: required(items(timelineShape)) },
})

export const Tree = component({
  module: 'data',
  since: 'seed',
  doc: 'Things inside things.',
  props: { nodes: required(treeEntries()), label: text() },
})
