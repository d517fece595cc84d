import type { JsonObject, JsonValue } from '@imperal/contract'
import { targetName } from './actions.ts'
import { builder, list } from './emit.ts'
import {
  type CheckboxOptions,
  type DatePickerOptions as DatePickerRules,
  type FileUploadOptions as FileUploadRules,
  type FormOptions as FormRules,
  type InputOptions,
  type MultiSelectOptions,
  type Option,
  type RadioGroupOptions,
  type RichEditorOptions,
  type SelectOptions,
  type SliderOptions,
  TABLE,
  type TagInputOptions as TagInputRules,
  type TextAreaOptions,
  type ToggleOptions,
} from './table.ts'
import type { CallTarget, Children, UINode } from './types.ts'

const input = builder('Input', TABLE.Input)

/** One line of text. Outside a form, Enter fires `onSubmit` with the value under `paramName`. */
export function Input(options: InputOptions = {}): UINode {
  return input(options)
}

export type PasswordOptions = Omit<InputOptions, 'type' | 'variant'>

/** A masked line for credentials: never remembered, never logged. */
export function Password(options: PasswordOptions = {}): UINode {
  return input({ placeholder: 'paste value…', ...options, type: 'password' })
}

const textArea = builder('TextArea', TABLE.TextArea)

/** Several lines of text; Ctrl or Cmd with Enter fires `onSubmit`. */
export function TextArea(options: TextAreaOptions = {}): UINode {
  return textArea(options)
}

const toggle = builder('Toggle', TABLE.Toggle)

/** A setting that applies at once. */
export function Toggle(options: ToggleOptions = {}): UINode {
  return toggle(options)
}

const checkbox = builder('Checkbox', TABLE.Checkbox)

/** A yes or no inside a form. */
export function Checkbox(options: CheckboxOptions = {}): UINode {
  return checkbox(options)
}

const radioGroup = builder('RadioGroup', TABLE.RadioGroup)

/** One of two to five choices, all visible. */
export function RadioGroup(options: readonly Option[], more: RadioGroupOptions = {}): UINode {
  return radioGroup({ ...more, options })
}

const select = builder('Select', TABLE.Select)

/** One of several choices. */
export function Select(options: readonly Option[], more: SelectOptions = {}): UINode {
  return select({ ...more, options })
}

const multiSelect = builder('MultiSelect', TABLE.MultiSelect)

/** Any number of several choices. */
export function MultiSelect(options: readonly Option[], more: MultiSelectOptions = {}): UINode {
  return multiSelect({ ...more, options })
}

const slider = builder('Slider', TABLE.Slider)

/** A number on a scale; fires when it is let go. */
export function Slider(options: SliderOptions = {}): UINode {
  return slider(options)
}

const datePicker = builder('DatePicker', TABLE.DatePicker)

export type DatePickerOptions = DatePickerRules & {
  /** Accepted for older code; it does not travel. */
  readonly placeholder?: string
}

/** A day, as YYYY-MM-DD. */
export function DatePicker({ placeholder: _unused, ...options }: DatePickerOptions = {}): UINode {
  return datePicker(options)
}

const fileUpload = builder('FileUpload', TABLE.FileUpload)

export type FileUploadOptions = Omit<FileUploadRules, 'statuses'> & {
  /** What became of each file, by `client_id`. */
  readonly statuses?: { readonly [clientId: string]: { readonly status: string; readonly error?: string } }
}

/** Files, picked or dropped; they arrive as `{client_id, name, size, mime_type, data_base64}`. */
export function FileUpload(options: FileUploadOptions = {}): UINode {
  return fileUpload(options)
}

const richEditor = builder('RichEditor', TABLE.RichEditor)

/** Formatted text, as HTML. Clean it again before you store or show it. */
export function RichEditor(options: RichEditorOptions = {}): UINode {
  return richEditor(options)
}

const tagInput = builder('TagInput', TABLE.TagInput)

export type TagInputOptions = Omit<TagInputRules, 'validate'> & {
  /** A pattern that words must match, or `email` or `url`. */
  readonly validate?: string | RegExp
}

/** A list of short words. */
export function TagInput({ validate, ...options }: TagInputOptions = {}): UINode {
  const source = validate instanceof RegExp ? validate.source : validate
  return tagInput({ ...options, ...(source === undefined ? {} : { validate: source }) })
}

const form = builder('Form', TABLE.Form)

export type FormOptions = Omit<FormRules, 'action' | 'defaults'> & {
  /** The function (or panel) that is called with all values of the form. */
  readonly action: CallTarget<never> | string
  /** Values by `param_name`, which win over those of the fields; others travel along unseen. */
  readonly defaults?: { readonly [name: string]: JsonValue | undefined }
}

/** Collects the values of its fields, at any depth, and calls one function with them. */
export function Form(children: Children, { action, ...options }: FormOptions): UINode {
  const name = action === undefined ? {} : { action: targetName<JsonObject>(action) }
  return form({ ...options, ...name, children: list(children) })
}
