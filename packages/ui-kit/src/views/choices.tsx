import { useState } from 'react'
import { tagProblem } from '../forms/pattern.ts'
import { useField } from '../forms/use-field.ts'
import { Chips } from '../parts/chips.tsx'
import { folded, useCombobox } from '../parts/combobox.ts'
import { FieldFrame, SelectField } from '../parts/fields.tsx'
import { OptionList } from '../parts/option-list.tsx'
import { MultiChoiceField, SearchSelectField } from '../parts/search-fields.tsx'
import type { ViewProps } from '../tree/view.ts'

/** More options than this are searched, not scrolled. */
const SHORT_LIST = 12

export function SelectView({ node, props }: ViewProps<'Select'>) {
  const field = useField(node, {
    name: props.param_name,
    declared: props.value,
    error: props.error,
    action: props.on_change,
  })
  const shared = {
    options: props.options,
    value: String(field.value),
    label: props.label,
    description: props.description,
    error: field.error,
    required: props.required,
    disabled: props.disabled,
    pending: field.act.pending,
    name: props.param_name,
    onValue: (value: string) => void field.commit(value),
  }
  const placeholder = props.placeholder || 'Select…'
  if (props.options.length > SHORT_LIST)
    return <SearchSelectField {...shared} placeholder={placeholder} fallbackName={props.param_name} />
  return <SelectField {...shared} placeholder={placeholder} fallbackName={props.placeholder || props.param_name} />
}

export function MultiSelectView({ node, props }: ViewProps<'MultiSelect'>) {
  const declared = [...props.values]
  const field = useField(node, { name: props.param_name, declared, error: props.error, action: props.on_change })
  return (
    <MultiChoiceField
      label={props.label}
      description={props.description}
      error={field.error}
      required={props.required}
      fallbackName={props.placeholder || props.param_name}
      name={props.param_name}
      options={props.options}
      values={stringsOf(field.value)}
      disabled={props.disabled}
      pending={field.act.pending}
      {...(props.placeholder ? { placeholder: props.placeholder } : {})}
      onValues={(next) => void field.commit(next)}
    />
  )
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** How long a refused tag says why, in milliseconds. */
const REFUSAL_SHOWN = 1_800

export function TagInputView({ node, props }: ViewProps<'TagInput'>) {
  const declared = [...props.values]
  const field = useField(node, { name: props.param_name, declared, error: props.error, action: props.on_change })
  const values = stringsOf(field.value)
  const [text, setText] = useState('')
  const [refused, setRefused] = useState('')
  const needle = folded(text)
  const fitting = props.suggestions.filter(
    (one) => !values.includes(one) && (needle === '' || folded(one).includes(needle)),
  )
  const box = useCombobox(fitting.slice(0, 50))
  const change = (next: string[]) => void field.commit(next)
  const add = (raw: readonly string[]) => {
    const fresh = [...new Set(raw.map((one) => one.trim()).filter((one) => one !== '' && !values.includes(one)))]
    const problems = fresh.map((one) => tagProblem(one, props.validate, props.validate_message))
    const problem = problems.find((one) => one !== '') ?? ''
    const kept = fresh.filter((_, index) => problems[index] === '')
    if (kept.length > 0) change([...values, ...kept])
    if (problem !== '') {
      setRefused(problem)
      setTimeout(() => setRefused(''), REFUSAL_SHOWN)
    } else setText('')
    box.setActive(-1)
  }
  const split = (raw: string) =>
    [...props.delimiters, '\n'].reduce<string[]>(
      (parts, mark) => parts.flatMap((part) => (mark === '' ? [part] : part.split(mark))),
      [raw],
    )
  const labelOf = (value: string) => value
  const press = (event: React.KeyboardEvent) => {
    if (box.onKey(event, (match) => add([match]))) return
    if (event.key === 'Enter' || props.delimiters.includes(event.key)) {
      if (text.trim() === '' && event.key !== 'Enter') return
      if (text.trim() !== '' || field.form === null) event.preventDefault()
      add([text])
    } else if (event.key === 'Backspace' && text === '' && values.length > 0) change(values.slice(0, -1))
  }
  return (
    <FieldFrame
      label={props.label}
      description={props.description}
      error={refused || field.error}
      required={props.required}
      fallbackName={props.placeholder || props.param_name}
      name={props.param_name}
    >
      {(aria) => (
        <div className="im-chips-box">
          {groupsOf(values, props.grouped_by).map(([group, members]) => (
            <span key={group} className="im-chip-group">
              {group === '' ? null : <small>{group}</small>}
              <Chips
                values={members}
                labelOf={group === '' ? labelOf : (value) => value.slice(group.length + props.grouped_by.length)}
                disabled={false}
                onRemove={(value) => change(values.filter((one) => one !== value))}
              />
            </span>
          ))}
          <input
            {...aria}
            {...box.input}
            aria-busy={field.act.pending || undefined}
            autoComplete="off"
            placeholder={values.length === 0 ? props.placeholder : ''}
            value={text}
            onFocus={() => box.setOpen(true)}
            onBlur={() => box.setOpen(false)}
            onChange={(event) => {
              setText(event.target.value)
              box.setOpen(true)
            }}
            onPaste={(event) => {
              const pasted = split(event.clipboardData.getData('text'))
              if (pasted.length < 2) return
              event.preventDefault()
              add(pasted)
            }}
            onKeyDown={press}
          />
          <OptionList box={box} keyOf={(one) => one} onChoose={(one) => add([one])}>
            {(one) => one}
          </OptionList>
        </div>
      )}
    </FieldFrame>
  )
}

function groupsOf(values: readonly string[], delimiter: string): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const value of values) {
    const at = delimiter === '' ? -1 : value.indexOf(delimiter)
    const group = at === -1 ? '' : value.slice(0, at)
    groups.set(group, [...(groups.get(group) ?? []), value])
  }
  return [...groups]
}
