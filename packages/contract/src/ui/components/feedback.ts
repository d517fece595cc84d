import { component } from '../component.ts'
import { aliased, always, built, item, named, required } from '../prop.ts'
import { graphEdges, graphNodes } from '../prop-graph.ts'
import { chartRows } from '../prop-special.ts'
import { action, items } from '../prop-structures.ts'
import { bool, choice, color, integer, number, optionalNumber, spoken, strings, text } from '../prop-values.ts'

export const ALERT_VARIANTS = ['info', 'success', 'warn', 'error'] as const
export const ALERT_SYNONYMS = { warning: 'warn', danger: 'error', err: 'error', ok: 'success' } as const
const alertVariant = () =>
  always(aliased(spoken(choice(ALERT_VARIANTS, 'info', ALERT_SYNONYMS), ALERT_SYNONYMS), 'type'))
const VARIANT = 'How serious it is: icon and colour.'

export const Alert = component({
  module: 'feedback',
  since: 'seed',
  doc: 'Something the reader should know.',
  args: ['message'],
  props: {
    message: required(text('', 'text')),
    title: always(text()),
    variant: alertVariant(),
    dismissible: bool(false),
  },
  docs: {
    message: 'What there is to know.',
    title: 'The same in three words.',
    variant: VARIANT,
    dismissible: 'Can be closed; it comes back with a new revision.',
  },
})

export const Progress = component({
  module: 'feedback',
  since: 'seed',
  doc: 'How far something is, between 0 and max.',
  args: ['value'],
  props: {
    value: required(number(0)),
    label: always(text()),
    variant: always(choice(['bar', 'circular'], 'bar')),
    color: choice(['blue', 'green', 'red', 'yellow', 'purple'], ''),
    max: built(optionalNumber(), 100),
    show_value: bool(false),
    size: choice(['sm', 'md', 'lg'], 'md'),
  },
  docs: {
    value: 'How far.',
    label: 'What is under way.',
    variant: 'A bar or a ring.',
    color: 'Its colour role.',
    max: 'The end; 100 makes percent.',
    show_value: 'Prints the number as well.',
    size: 'Its thickness.',
  },
})

const series = item(
  'Series',
  { key: required(text()), label: text(), color: color() },
  { key: 'The key of the points.', label: 'What people read.', color: 'A plain CSS colour or a colour role.' },
)

export const Chart = component({
  module: 'feedback',
  since: 'seed',
  doc: 'Numbers as lines, bars or parts of a whole, always with a table of them for those who do not see it.',
  props: {
    chart_type: named(always(choice(['line', 'bar', 'pie'], 'line')), 'type'),
    data: required(chartRows()),
    x_key: always(text('name')),
    height: always(integer(200, 120, 800)),
    series: items(series, 'chartSeries'),
    y2_keys: strings('chartSeries'),
    title: text(),
    description: text(),
    show_legend: bool(false),
    show_data_table: bool(false),
  },
  args: ['data'],
  docs: {
    chart_type: 'Its shape; a pie draws the first series.',
    data: 'One object for each point.',
    x_key: 'The key that names the points.',
    height: 'Pixels, 120 to 800.',
    series: 'What is drawn; without it every key of the first point except x_key.',
    y2_keys: 'Series with an axis of their own at the right.',
    title: 'What it shows.',
    description: 'A sentence about it.',
    show_legend: 'Names of the series below.',
    show_data_table: 'The table is visible.',
  },
})

export const Loading = component({
  module: 'feedback',
  since: 'seed',
  doc: 'Something is on its way.',
  args: ['message'],
  props: { message: always(text('Loading...')), variant: always(choice(['spinner', 'skeleton', 'dots'], 'spinner')) },
  docs: { message: 'What is on its way.', variant: 'Its look.' },
})

export const ErrorBox = component({
  module: 'feedback',
  since: 'seed',
  doc: 'Something failed, and how to try again.',
  args: ['message'],
  props: { message: required(text('', 'text')), title: always(text('Error')), retry: action(), retry_label: text() },
  docs: {
    message: 'What is still true, and what to do.',
    title: 'What happened.',
    retry: 'Tries again; drawn as a button.',
    retry_label: 'What the button says; "Try again" without it.',
  },
})

export const Toast = component({
  module: 'feedback',
  since: 'later',
  doc: 'A message that goes away by itself; the shell shows it, the tree does not.',
  args: ['message'],
  props: {
    message: required(text('', 'confirm')),
    variant: alertVariant(),
    duration: always(integer(5_000, 0, 120_000)),
    title: text(),
    action: action(),
    action_label: text(),
  },
  docs: {
    message: 'What happened.',
    variant: VARIANT,
    duration: 'Milliseconds; 0 stays until it is dismissed.',
    title: 'The same in three words.',
    action: 'What can be done about it; goes with action_label.',
    action_label: 'What its button says; goes with action.',
  },
})

export const GRAPH_LAYOUTS = ['cose-bilkent', 'circle', 'grid', 'breadthfirst', 'concentric'] as const

export const Graph = component({
  module: 'feedback',
  since: 'later',
  doc: 'Things and how they are related, with search, filters and both as lists.',
  args: ['nodes', 'edges'],
  props: {
    nodes: required(graphNodes()),
    edges: required(graphEdges()),
    layout: built(always(choice(GRAPH_LAYOUTS, 'grid')), 'cose-bilkent'),
    height: always(integer(600, 160, 2_000)),
    min_node_size: always(integer(10, 1, 200)),
    max_node_size: always(integer(50, 1, 400)),
    edge_label_visible: always(bool(false)),
    color_by: always(text('type')),
    on_node_click: action('{ node_id }'),
    title: text('Relationship graph'),
    description: text(),
    animate: bool(true),
  },
  docs: {
    nodes: 'The things; further keys are kept and shown.',
    edges: 'The relations; those with a missing end are left out.',
    layout: 'How the things are arranged; cose-bilkent groups what is related.',
    height: 'Pixels.',
    min_node_size: 'Pixels of a thing of size 0.',
    max_node_size: 'Pixels of a thing of size 50.',
    edge_label_visible: 'Prints the names of relations.',
    color_by: 'The key whose value chooses the colour; a colour of its own wins.',
    on_node_click: 'Fired by a click on a thing, in the picture and in the list.',
    title: 'What it shows.',
    description: 'A sentence about it.',
    animate: 'Moves into place, unless the reader wants less motion.',
  },
})
