import { component } from '../component.ts'
import { aliased, always, required } from '../prop.ts'
import { chartRows } from '../prop-special.ts'
import { action, items } from '../prop-structures.ts'
import { bool, choice, color, integer, number, optionalNumber, strings, text } from '../prop-values.ts'

export const ALERT_VARIANTS = ['info', 'success', 'warn', 'error'] as const
export const ALERT_SYNONYMS = { warning: 'warn', danger: 'error', err: 'error', ok: 'success' } as const
const alertVariant = () => always(aliased(choice(ALERT_VARIANTS, 'info', ALERT_SYNONYMS), 'type'))

export const Alert = component({
  module: 'feedback',
  since: 'seed',
  doc: 'Something the reader should know.',
  props: {
    message: required(text('', 'text')),
    title: always(text()),
    variant: alertVariant(),
    dismissible: bool(false),
  },
})

export const Progress = component({
  module: 'feedback',
  since: 'seed',
  doc: 'How far something is.',
  props: {
    value: required(number(0)),
    label: always(text()),
    variant: always(choice(['bar', 'circular'], 'bar')),
    color: choice(['blue', 'green', 'red', 'yellow', 'purple'], ''),
    max: optionalNumber(),
    show_value: bool(false),
    size: choice(['sm', 'md', 'lg'], 'md'),
  },
})

export const seriesShape = { key: required(text()), label: text(), color: color() }

export const Chart = component({
  module: 'feedback',
  since: 'seed',
  doc: 'Numbers as lines, bars or parts of a whole.',
  props: {
    chart_type: always(choice(['line', 'bar', 'pie'], 'line')),
    data: required(chartRows()),
    x_key: always(text('name')),
    height: always(integer(200, 120, 800)),
    series: items(seriesShape, 'chartSeries'),
    y2_keys: strings('chartSeries'),
    title: text(),
    description: text(),
    show_legend: bool(false),
    show_data_table: bool(false),
  },
})

export const Loading = component({
  module: 'feedback',
  since: 'seed',
  doc: 'Something is on its way.',
  props: { message: always(text('Loading...')), variant: always(choice(['spinner', 'skeleton', 'dots'], 'spinner')) },
})

export const ErrorBox = component({
  module: 'feedback',
  since: 'seed',
  doc: 'Something failed, and how to try again.',
  props: { message: required(text('', 'text')), title: always(text('Error')), retry: action(), retry_label: text() },
})

export const Toast = component({
  module: 'feedback',
  since: 'later',
  doc: 'A message that goes away by itself; the shell shows it, the tree does not.',
  props: {
    message: required(text('', 'confirm')),
    variant: alertVariant(),
    duration: always(integer(5_000, 0, 120_000)),
    title: text(),
    action: action(),
    action_label: text(),
  },
})
