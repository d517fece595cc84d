import { component } from '../component.ts'
import { always, required } from '../prop.ts'
import { options } from '../prop-special.ts'
import { action, confirmation, nodes } from '../prop-structures.ts'
import { bool, choice, integer, jsonObject, number, paramName, strings, text } from '../prop-values.ts'

/** Caption, help and error of a control (ui 2.0.1). */
const caption = { label: text(), description: text(), error: text(), required: bool(false) }
const field = { ...caption, disabled: bool(false) }
const textField = { ...field, readonly: bool(false) }
const day = () => text()

export const INPUT_TYPES = ['text', 'password', 'email', 'number', 'url', 'search', 'tel'] as const

export const Input = component({
  module: 'input',
  since: 'seed',
  doc: 'One line of text.',
  field: { value: 'value', kind: 'text' },
  props: {
    placeholder: always(text()),
    value: always(text('', 'text')),
    param_name: always(paramName('value')),
    on_submit: action(),
    type: choice(INPUT_TYPES, 'text'),
    variant: choice(['default', 'ghost'], 'default'),
    ...textField,
  },
})

export const TextArea = component({
  module: 'input',
  since: 'seed',
  doc: 'Several lines of text.',
  field: { value: 'value', kind: 'text' },
  props: {
    placeholder: always(text()),
    value: always(text('', 'treeBytes')),
    rows: always(integer(4, 1, 60)),
    param_name: always(paramName('text')),
    on_submit: action(),
    ...textField,
  },
})

export const Toggle = component({
  module: 'input',
  since: 'seed',
  doc: 'A setting that applies at once.',
  field: { value: 'value', kind: 'boolean' },
  props: {
    value: always(bool(false)),
    param_name: always(paramName('enabled')),
    label: text(),
    on_change: action(),
    disabled: bool(false),
    description: text(),
  },
})

export const Checkbox = component({
  module: 'input',
  since: 'later',
  doc: 'A yes or no inside a form.',
  field: { value: 'value', kind: 'boolean' },
  props: { value: always(bool(false)), param_name: always(paramName('checked')), on_change: action(), ...field },
})

export const RadioGroup = component({
  module: 'input',
  since: 'later',
  doc: 'One of a few choices, all visible.',
  field: { value: 'value', kind: 'text' },
  props: {
    options: required(options()),
    value: always(text()),
    param_name: always(paramName('value')),
    orientation: always(choice(['vertical', 'horizontal'], 'vertical')),
    on_change: action(),
    ...field,
  },
})

export const Select = component({
  module: 'input',
  since: 'seed',
  doc: 'One of several choices.',
  field: { value: 'value', kind: 'text' },
  props: {
    options: required(options()),
    value: always(text()),
    param_name: always(paramName('value')),
    placeholder: text(),
    on_change: action(),
    ...field,
  },
})

export const MultiSelect = component({
  module: 'input',
  since: 'seed',
  doc: 'Any number of several choices.',
  field: { value: 'values', kind: 'strings' },
  props: {
    options: required(options()),
    values: always(strings()),
    param_name: always(paramName('values')),
    placeholder: text(),
    on_change: action(),
    ...field,
  },
})

export const Slider = component({
  module: 'input',
  since: 'seed',
  doc: 'A number on a scale.',
  field: { value: 'value', kind: 'number' },
  props: {
    min: always(number(0)),
    max: always(number(100)),
    value: always(number(50)),
    step: always(number(1)),
    param_name: always(paramName('value')),
    label: text(),
    disabled: bool(false),
    on_change: action(),
  },
})

export const DatePicker = component({
  module: 'input',
  since: 'seed',
  doc: 'A day, as YYYY-MM-DD.',
  field: { value: 'value', kind: 'text' },
  props: {
    value: always(day()),
    param_name: always(paramName('date')),
    on_change: action(),
    min: day(),
    max: day(),
    ...field,
  },
})

export const FileUpload = component({
  module: 'input',
  since: 'seed',
  doc: 'Files, picked or dropped.',
  field: { value: 'value', kind: 'files' },
  props: {
    accept: always(text('*')),
    max_size_mb: always(number(10)),
    multiple: always(bool(false)),
    param_name: always(paramName('files')),
    on_upload: action(),
    blocked_extensions: strings(),
    max_total_mb: number(0),
    max_files: integer(0, 0, 1_000),
    title: text(),
    hint: text(),
    variant: choice(['default', 'futuristic', 'compact'], 'default'),
    show_previews: bool(false),
    statuses: jsonObject(),
  },
})

export const RichEditor = component({
  module: 'input',
  since: 'seed',
  doc: 'Formatted text, as HTML.',
  field: { value: 'content', kind: 'text' },
  props: {
    content: always(text('', 'treeBytes')),
    placeholder: always(text('Start writing...')),
    param_name: always(paramName('content')),
    toolbar: always(bool(true)),
    on_save: action(),
    on_change: action(),
    ...caption,
  },
})

export const TagInput = component({
  module: 'input',
  since: 'seed',
  doc: 'A list of short words.',
  field: { value: 'values', kind: 'strings' },
  props: {
    values: always(strings()),
    suggestions: always(strings()),
    placeholder: always(text('Add...')),
    param_name: always(paramName('tags')),
    grouped_by: always(text()),
    on_change: action(),
    delimiters: strings(),
    validate: text(),
    validate_message: text(),
    ...caption,
  },
})

export const Form = component({
  module: 'input',
  since: 'seed',
  doc: 'Collects the values of its fields and calls one function with them.',
  props: {
    children: required(nodes()),
    action: text(),
    submit_label: always(text('Submit')),
    defaults: jsonObject(),
    confirm: confirmation(),
  },
})
