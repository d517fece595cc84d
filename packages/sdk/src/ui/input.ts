import type { JsonObject, JsonValue } from '@imperal/contract'
import { confirmWire, targetName } from './actions.ts'
import { always, builder, list, members, required, sparse } from './emit.ts'
import type {
  Action,
  CallTarget,
  Children,
  Confirm,
  Field,
  NodeMeta,
  Option,
  RadioOption,
  TextField,
  UINode,
} from './types.ts'

const caption = {
  label: sparse('label', ''),
  description: sparse('description', ''),
  error: sparse('error', ''),
  required: sparse('required', false),
}
const field = { ...caption, disabled: sparse('disabled', false) }
const textField = { ...field, readonly: sparse('readonly', false) }
const OPTION = {
  value: required('value'),
  label: required('label'),
  disabled: sparse('disabled', false),
  description: sparse('description', ''),
}
const optionsRule = (component: string) =>
  required('options', { map: (given: readonly RadioOption[]) => given.map((one) => members(component, OPTION, one)) })

const input = builder('Input', {
  placeholder: always('placeholder', ''),
  value: always('value', ''),
  paramName: always('param_name', 'value'),
  onSubmit: sparse('on_submit'),
  type: sparse('type', 'text', { choices: ['text', 'password', 'email', 'number', 'url'] }),
  variant: sparse('variant', 'default', { choices: ['default', 'ghost'] }),
  ...textField,
})

export type InputOptions = NodeMeta &
  TextField & {
    readonly paramName?: string
    readonly value?: string
    readonly placeholder?: string
    readonly onSubmit?: Action
    readonly type?: 'text' | 'password' | 'email' | 'number' | 'url'
    readonly variant?: 'default' | 'ghost'
  }

/** One line of text. Outside a form, Enter fires `onSubmit` with the value under `paramName`. */
export function Input(options: InputOptions = {}): UINode {
  return input(options)
}

export type PasswordOptions = Omit<InputOptions, 'type' | 'variant'>

/** A masked line for credentials: never remembered, never logged. */
export function Password(options: PasswordOptions = {}): UINode {
  return input({ placeholder: 'paste value…', ...options, type: 'password' })
}

const textArea = builder('TextArea', {
  placeholder: always('placeholder', ''),
  value: always('value', ''),
  rows: always('rows', 4),
  paramName: always('param_name', 'text'),
  onSubmit: sparse('on_submit'),
  ...textField,
})

export type TextAreaOptions = NodeMeta &
  TextField & {
    readonly paramName?: string
    readonly value?: string
    readonly placeholder?: string
    readonly rows?: number
    readonly onSubmit?: Action
  }

/** Several lines of text; Ctrl or Cmd with Enter fires `onSubmit`. */
export function TextArea(options: TextAreaOptions = {}): UINode {
  return textArea(options)
}

const toggle = builder('Toggle', {
  value: always('value', false),
  paramName: always('param_name', 'enabled'),
  label: sparse('label', ''),
  onChange: sparse('on_change'),
  disabled: sparse('disabled', false),
  description: sparse('description', ''),
})

export type ToggleOptions = NodeMeta & {
  readonly label?: string
  readonly value?: boolean
  readonly paramName?: string
  readonly onChange?: Action
  readonly disabled?: boolean
  readonly description?: string
}

/** A setting that applies at once. */
export function Toggle(options: ToggleOptions = {}): UINode {
  return toggle(options)
}

const checkbox = builder('Checkbox', {
  value: always('value', false),
  paramName: always('param_name', 'checked'),
  onChange: sparse('on_change'),
  ...field,
})

export type CheckboxOptions = NodeMeta &
  Field & { readonly value?: boolean; readonly paramName?: string; readonly onChange?: Action }

/** A yes or no inside a form. */
export function Checkbox(options: CheckboxOptions = {}): UINode {
  return checkbox(options)
}

const radioGroup = builder('RadioGroup', {
  options: optionsRule('RadioGroup'),
  value: always('value', ''),
  paramName: always('param_name', 'value'),
  orientation: always('orientation', 'vertical', { choices: ['vertical', 'horizontal'] }),
  onChange: sparse('on_change'),
  ...field,
})

export type ChoiceOptions = NodeMeta &
  Field & { readonly value?: string; readonly paramName?: string; readonly onChange?: Action }

/** One of two to five choices, all visible. */
export function RadioGroup(
  options: readonly RadioOption[],
  more: ChoiceOptions & { readonly orientation?: 'vertical' | 'horizontal' } = {},
): UINode {
  return radioGroup({ ...more, options })
}

const select = builder('Select', {
  options: optionsRule('Select'),
  value: always('value', ''),
  paramName: always('param_name', 'value'),
  placeholder: sparse('placeholder', ''),
  onChange: sparse('on_change'),
  ...field,
})

/** One of several choices. */
export function Select(
  options: readonly Option[],
  more: ChoiceOptions & { readonly placeholder?: string } = {},
): UINode {
  return select({ ...more, options })
}

const multiSelect = builder('MultiSelect', {
  options: optionsRule('MultiSelect'),
  values: always('values', []),
  paramName: always('param_name', 'values'),
  placeholder: sparse('placeholder', ''),
  onChange: sparse('on_change'),
  ...field,
})

export type MultiSelectOptions = NodeMeta &
  Field & {
    readonly values?: readonly string[]
    readonly paramName?: string
    readonly placeholder?: string
    readonly onChange?: Action
  }

/** Any number of several choices. */
export function MultiSelect(options: readonly Option[], more: MultiSelectOptions = {}): UINode {
  return multiSelect({ ...more, options })
}

const slider = builder('Slider', {
  min: always('min', 0),
  max: always('max', 100),
  value: always('value', 50),
  step: always('step', 1),
  paramName: always('param_name', 'value'),
  label: sparse('label', ''),
  disabled: sparse('disabled', false),
  onChange: sparse('on_change'),
})

export type SliderOptions = NodeMeta & {
  readonly min?: number
  readonly max?: number
  readonly value?: number
  readonly step?: number
  readonly paramName?: string
  readonly label?: string
  readonly disabled?: boolean
  readonly onChange?: Action
}

/** A number on a scale; fires when it is let go. */
export function Slider(options: SliderOptions = {}): UINode {
  return slider(options)
}

const datePicker = builder('DatePicker', {
  value: always('value', ''),
  paramName: always('param_name', 'date'),
  onChange: sparse('on_change'),
  min: sparse('min', ''),
  max: sparse('max', ''),
  ...field,
})

export type DatePickerOptions = NodeMeta &
  Field & {
    readonly value?: string
    readonly paramName?: string
    readonly onChange?: Action
    readonly min?: string
    readonly max?: string
    /** Accepted for older code; it does not travel. */
    readonly placeholder?: string
  }

/** A day, as YYYY-MM-DD. */
export function DatePicker({ placeholder: _unused, ...options }: DatePickerOptions = {}): UINode {
  return datePicker(options)
}

const fileUpload = builder('FileUpload', {
  accept: always('accept', '*'),
  maxSizeMb: always('max_size_mb', 10),
  multiple: always('multiple', false),
  paramName: always('param_name', 'files'),
  onUpload: sparse('on_upload'),
  blockedExtensions: sparse('blocked_extensions'),
  maxTotalMb: sparse('max_total_mb', 0),
  maxFiles: sparse('max_files', 0),
  title: sparse('title', ''),
  hint: sparse('hint', ''),
  variant: sparse('variant', 'default', { choices: ['default', 'futuristic', 'compact'] }),
  showPreviews: sparse('show_previews', false),
  statuses: sparse('statuses'),
})

export type FileUploadOptions = NodeMeta & {
  readonly accept?: string
  readonly maxSizeMb?: number
  readonly multiple?: boolean
  readonly paramName?: string
  readonly onUpload?: Action
  readonly blockedExtensions?: readonly string[]
  readonly maxTotalMb?: number
  readonly maxFiles?: number
  readonly title?: string
  readonly hint?: string
  readonly variant?: 'default' | 'futuristic' | 'compact'
  readonly showPreviews?: boolean
  readonly statuses?: { readonly [clientId: string]: { readonly status: string; readonly error?: string } }
}

/** Files, picked or dropped; they arrive as `{client_id, name, size, mime_type, data_base64}`. */
export function FileUpload(options: FileUploadOptions = {}): UINode {
  return fileUpload(options)
}

const richEditor = builder('RichEditor', {
  content: always('content', ''),
  placeholder: always('placeholder', 'Start writing...'),
  paramName: always('param_name', 'content'),
  toolbar: always('toolbar', true),
  onSave: sparse('on_save'),
  onChange: sparse('on_change'),
  ...caption,
})

export type RichEditorOptions = NodeMeta &
  Omit<Field, 'disabled'> & {
    readonly content?: string
    readonly placeholder?: string
    readonly paramName?: string
    readonly toolbar?: boolean
    readonly onSave?: Action
    readonly onChange?: Action
  }

/** Formatted text, as HTML. Clean it again before you store or show it. */
export function RichEditor(options: RichEditorOptions = {}): UINode {
  return richEditor(options)
}

const tagInput = builder('TagInput', {
  values: always('values', []),
  suggestions: always('suggestions', []),
  placeholder: always('placeholder', 'Add...'),
  paramName: always('param_name', 'tags'),
  groupedBy: always('grouped_by', ''),
  onChange: sparse('on_change'),
  delimiters: sparse('delimiters'),
  validate: sparse('validate', '', {
    map: (given: string | RegExp) => (typeof given === 'string' ? given : given.source),
  }),
  validateMessage: sparse('validate_message', ''),
  ...caption,
})

export type TagInputOptions = NodeMeta &
  Omit<Field, 'disabled'> & {
    readonly values?: readonly string[]
    readonly suggestions?: readonly string[]
    readonly placeholder?: string
    readonly paramName?: string
    readonly groupedBy?: string
    readonly onChange?: Action
    readonly delimiters?: readonly string[]
    readonly validate?: string | RegExp
    readonly validateMessage?: string
  }

/** A list of short words. */
export function TagInput(options: TagInputOptions = {}): UINode {
  return tagInput(options)
}

const form = builder('Form', {
  children: required('children', { map: list }),
  action: sparse('action', '', { map: targetName<JsonObject> }),
  submitLabel: always('submit_label', 'Submit'),
  defaults: sparse('defaults'),
  confirm: sparse('confirm', '', { map: confirmWire }),
})

export type FormOptions = NodeMeta & {
  /** The function (or panel) that is called with all values of the form. */
  readonly action: CallTarget<never> | string
  readonly submitLabel?: string
  readonly defaults?: { readonly [name: string]: JsonValue | undefined }
  readonly confirm?: Confirm
}

/** Collects the values of its fields, at any depth, and calls one function with them. */
export function Form(children: Children, options: FormOptions): UINode {
  return form({ ...options, children: list(children) })
}
