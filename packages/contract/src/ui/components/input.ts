import { component } from '../component.ts'
import { always, required } from '../prop.ts'
import { options } from '../prop-special.ts'
import { action, confirmation, nodes } from '../prop-structures.ts'
import { alsoRead, bool, choice, integer, jsonObject, number, paramName, strings, text } from '../prop-values.ts'

/** Caption, help and error of a control (ui 2.0.1). */
const caption = { label: text(), description: text(), error: text(), required: bool(false) }
const field = { ...caption, disabled: bool(false) }
const textField = { ...field, readonly: bool(false) }

const captionDocs = {
  label: 'Caption of the control, and its name.',
  description: 'A line of help below it.',
  error: 'What is wrong with the value; shown instead of the help.',
  required: 'A form is not sent without it.',
}
const fieldDocs = { ...captionDocs, disabled: 'Cannot be changed; its value still travels.' }
const textDocs = { ...fieldDocs, readonly: 'Can be read and copied, not changed.' }
const NAME = 'The name under which the value travels.'
const HINT = 'An example of what to write; never the name of the field.'
const TEXT = '{ [param_name]: string }'
const LIST = '{ [param_name]: string[] }'
const YES_NO = '{ [param_name]: boolean }'

export const INPUT_TYPES = ['text', 'password', 'email', 'number', 'url'] as const

export const Input = component({
  module: 'input',
  since: 'seed',
  doc: 'One line of text. Outside a form, Enter fires on_submit with the value.',
  field: { value: 'value', kind: 'text' },
  props: {
    placeholder: always(text()),
    value: always(text('', 'text')),
    param_name: always(paramName('value')),
    on_submit: action(TEXT),
    type: alsoRead(choice(INPUT_TYPES, 'text'), ['search', 'tel']),
    variant: choice(['default', 'ghost'], 'default'),
    ...textField,
  },
  docs: {
    placeholder: HINT,
    value: 'What stands in it at first.',
    param_name: NAME,
    on_submit: 'Fired by Enter with the trimmed text, then the field is empty again; not inside a form.',
    type: 'What kind of text; a number field sends a number, or null when it is empty.',
    variant: 'ghost has no outline until it is used.',
    ...textDocs,
  },
})

export const TextArea = component({
  module: 'input',
  since: 'seed',
  doc: 'Several lines of text; Ctrl or Cmd with Enter fires on_submit, or sends the form.',
  field: { value: 'value', kind: 'text' },
  props: {
    placeholder: always(text()),
    value: always(text('', 'treeBytes')),
    rows: always(integer(4, 1, 60)),
    param_name: always(paramName('text')),
    on_submit: action(TEXT),
    ...textField,
  },
  docs: {
    placeholder: HINT,
    value: 'What stands in it at first.',
    rows: 'Its height in lines, at least 2.',
    param_name: NAME,
    on_submit: 'Fired by Ctrl or Cmd with Enter, with the text as it is.',
    ...textDocs,
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
    on_change: action(YES_NO),
    disabled: bool(false),
    description: text(),
  },
  docs: {
    value: 'On or off.',
    param_name: NAME,
    label: fieldDocs.label,
    on_change: 'Fired at once; the switch goes back when it fails.',
    disabled: fieldDocs.disabled,
    description: fieldDocs.description,
  },
})

export const Checkbox = component({
  module: 'input',
  since: 'later',
  doc: 'A yes or no inside a form.',
  field: { value: 'value', kind: 'boolean' },
  props: { value: always(bool(false)), param_name: always(paramName('checked')), on_change: action(YES_NO), ...field },
  docs: { value: 'Ticked or not.', param_name: NAME, on_change: 'Fired by every change.', ...fieldDocs },
})

export const RadioGroup = component({
  module: 'input',
  since: 'later',
  doc: 'One of two to five choices, all visible.',
  args: ['options'],
  field: { value: 'value', kind: 'text' },
  props: {
    options: required(options()),
    value: always(text()),
    param_name: always(paramName('value')),
    orientation: always(choice(['vertical', 'horizontal'], 'vertical')),
    on_change: action(TEXT),
    ...field,
  },
  docs: {
    options: 'The choices in order.',
    value: 'The value of the chosen one.',
    param_name: NAME,
    orientation: 'Below or beside each other.',
    on_change: 'Fired by every choice.',
    ...fieldDocs,
  },
})

export const Select = component({
  module: 'input',
  since: 'seed',
  doc: 'One of several choices; more than 12 can be searched.',
  args: ['options'],
  field: { value: 'value', kind: 'text' },
  props: {
    options: required(options()),
    value: always(text()),
    param_name: always(paramName('value')),
    placeholder: text(),
    on_change: action(TEXT),
    ...field,
  },
  docs: {
    options: 'The choices in order.',
    value: 'The value of the chosen one.',
    param_name: NAME,
    placeholder: 'What it says while nothing is chosen.',
    on_change: 'Fired by every choice.',
    ...fieldDocs,
  },
})

export const MultiSelect = component({
  module: 'input',
  since: 'seed',
  doc: 'Any number of several choices.',
  args: ['options'],
  field: { value: 'values', kind: 'strings' },
  props: {
    options: required(options()),
    values: always(strings()),
    param_name: always(paramName('values')),
    placeholder: text(),
    on_change: action(LIST),
    ...field,
  },
  docs: {
    options: 'The choices in order.',
    values: 'The values of the chosen ones.',
    param_name: NAME,
    placeholder: 'What it says while nothing is chosen.',
    on_change: 'Fired by every choice with all values, in the order in which they were chosen.',
    ...fieldDocs,
  },
})

export const Slider = component({
  module: 'input',
  since: 'seed',
  doc: 'A number on a scale; fires when it is let go.',
  field: { value: 'value', kind: 'number' },
  props: {
    min: always(number(0)),
    max: always(number(100)),
    value: always(number(50)),
    step: always(number(1)),
    param_name: always(paramName('value')),
    label: text(),
    disabled: bool(false),
    on_change: action('{ [param_name]: number }'),
  },
  docs: {
    min: 'The lower end.',
    max: 'The upper end.',
    value: 'Where it stands.',
    step: 'The distance between two places.',
    param_name: NAME,
    label: fieldDocs.label,
    disabled: fieldDocs.disabled,
    on_change: 'Fired when it is let go.',
  },
})

const DAY = 'As YYYY-MM-DD.'

export const DatePicker = component({
  module: 'input',
  since: 'seed',
  doc: 'A day, written or picked from a calendar; travels as YYYY-MM-DD.',
  field: { value: 'value', kind: 'text' },
  props: {
    value: always(text()),
    param_name: always(paramName('date')),
    on_change: action('{ [param_name]: "YYYY-MM-DD" }'),
    min: text(),
    max: text(),
    ...field,
  },
  docs: {
    value: `The day. ${DAY}`,
    param_name: NAME,
    on_change: 'Fired when a day is settled.',
    min: `The first day that can be chosen. ${DAY}`,
    max: `The last day that can be chosen. ${DAY}`,
    ...fieldDocs,
  },
})

export const FileUpload = component({
  module: 'input',
  since: 'seed',
  doc: 'Files, picked or dropped; they arrive as {client_id, name, size, mime_type, data_base64}.',
  field: { value: 'value', kind: 'files' },
  props: {
    accept: always(text('*')),
    max_size_mb: always(number(10)),
    multiple: always(bool(false)),
    param_name: always(paramName('files')),
    on_upload: action('{ [param_name]: file[] }'),
    blocked_extensions: strings(),
    max_total_mb: number(0),
    max_files: integer(0, 0, 1_000),
    title: text(),
    hint: text(),
    variant: choice(['default', 'futuristic', 'compact'], 'default'),
    show_previews: bool(false),
    statuses: jsonObject(),
  },
  docs: {
    accept: 'Kinds that are taken, as in HTML: .pdf,image/*.',
    max_size_mb: 'The largest file.',
    multiple: 'Several at once.',
    param_name: NAME,
    on_upload: 'Fired once for each drop; without it the files are the value of the form field.',
    blocked_extensions: 'Endings that are refused.',
    max_total_mb: 'All files together; 0 sets no limit.',
    max_files: 'How many; 0 sets no limit.',
    title: 'Heading of the drop zone.',
    hint: 'A line below the heading.',
    variant: 'Its look.',
    show_previews: 'Small pictures of images.',
    statuses: 'What became of each file, by client_id: {status, error?}.',
  },
})

export const RichEditor = component({
  module: 'input',
  since: 'seed',
  doc: 'Formatted text, as HTML. Clean it again before you store or show it.',
  field: { value: 'content', kind: 'text' },
  props: {
    content: always(text('', 'treeBytes')),
    placeholder: always(text('Start writing...')),
    param_name: always(paramName('content')),
    toolbar: always(bool(true)),
    on_save: action('{ [param_name]: html }'),
    on_change: action('{ [param_name]: html }'),
    ...caption,
  },
  docs: {
    content: 'The HTML that stands in it at first; markup that the editor does not know is dropped.',
    placeholder: 'Shown while it is empty.',
    param_name: NAME,
    toolbar: 'Buttons for bold, headings, lists and the like.',
    on_save: 'Fired by Ctrl or Cmd with S, and by the button for it.',
    on_change: 'Fired half a second after the last change.',
    ...captionDocs,
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
    on_change: action(LIST),
    delimiters: strings(),
    validate: text(),
    validate_message: text(),
    ...caption,
  },
  docs: {
    values: 'The words.',
    suggestions: 'Offered while somebody types.',
    placeholder: 'Shown while there are no words.',
    param_name: NAME,
    grouped_by: 'What separates group and word: with ":" a:b stands under a.',
    on_change: 'Fired by every change with all words.',
    delimiters: 'Characters beside Enter that end a word; pasted text is split at them.',
    validate: 'A pattern that words must match, or email or url.',
    validate_message: 'What is said of words that do not match.',
    ...captionDocs,
  },
})

export const Form = component({
  module: 'input',
  since: 'seed',
  doc: 'Collects the values of its fields, at any depth, and calls one function with them.',
  args: ['children'],
  props: {
    children: required(nodes()),
    action: text(),
    submit_label: always(text('Submit')),
    defaults: jsonObject(),
    confirm: confirmation(),
  },
  docs: {
    children: 'Fields, and whatever stands around them.',
    action: 'The function, or the panel, that is called with all values.',
    submit_label: 'The button that sends; an empty string leaves it out.',
    defaults: 'Values by param_name, which win over those of the fields; others travel along unseen.',
    confirm: 'Asked before it is sent.',
  },
})
