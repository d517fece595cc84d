import { useState } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { say } from '../words.ts'
import { Chips } from './chips.tsx'
import { folded, useCombobox } from './combobox.ts'
import { type Choice, FieldFrame, type FieldText } from './fields.tsx'
import { OptionList } from './option-list.tsx'

type Shared = FieldText & {
  readonly options: readonly Choice[]
  readonly placeholder?: string
  readonly disabled?: boolean
  /** A call of it runs; it can be changed on, and the last choice wins. */
  readonly pending?: boolean
  readonly name?: string
  readonly fallbackName?: string
}

type SearchSelectProps = Shared & {
  readonly value: string
  readonly onValue: (value: string) => void
}

/** One of many choices, found by typing a part of its words. */
export function SearchSelectField({
  options,
  value,
  onValue,
  placeholder = say('Select…'),
  disabled,
  pending,
  name,
  fallbackName,
  ...text
}: SearchSelectProps) {
  const chosen = options.find((option) => option.value === value)?.label ?? value
  const [query, setQuery] = useState<string | null>(null)
  const needle = folded(query ?? '')
  const box = useCombobox(options.filter((option) => folded(option.label).includes(needle)))
  const choose = (option: Choice) => {
    if (option.disabled) return
    onValue(option.value)
    setQuery(null)
    box.setOpen(false)
  }
  return (
    <FieldFrame {...text} fallbackName={fallbackName ?? placeholder} {...(name ? { name } : {})}>
      {(aria) => (
        <div className="im-select-box">
          <input
            {...aria}
            {...box.input}
            className="im-input"
            required={text.required}
            disabled={disabled}
            aria-busy={pending || undefined}
            placeholder={placeholder}
            autoComplete="off"
            value={query ?? chosen}
            onFocus={(event) => event.target.select()}
            onClick={() => box.setOpen(true)}
            onBlur={() => {
              setQuery(null)
              box.setOpen(false)
            }}
            onChange={(event) => {
              setQuery(event.target.value)
              box.setOpen(true)
              box.setActive(0)
            }}
            onKeyDown={(event) => box.onKey(event, choose)}
          />
          <IconGlyph name="ChevronsUpDown" size={14} />
          <OptionList
            box={box}
            keyOf={(option) => option.value}
            isDisabled={(option) => option.disabled === true}
            isChosen={(option) => option.value === value}
            onChoose={choose}
          >
            {(option) => option.label}
          </OptionList>
        </div>
      )}
    </FieldFrame>
  )
}

type MultiChoiceProps = Shared & {
  readonly values: readonly string[]
  readonly onValues: (values: string[]) => void
  /** What a typed text that is no choice stands for; null refuses it. Absent: only choices can be chosen. */
  readonly fromText?: (text: string) => string | null
}

/** Several of many choices, each as a chip; an explained choice says its sentence in the list. */
export function MultiChoiceField({
  options,
  values,
  onValues,
  fromText,
  placeholder = say('Add…'),
  disabled = false,
  pending,
  name,
  fallbackName,
  ...text
}: MultiChoiceProps) {
  const [query, setQuery] = useState('')
  const needle = folded(query)
  const found = (option: Choice) => folded(`${option.label} ${option.value} ${option.description ?? ''}`)
  const box = useCombobox(options.filter((option) => !values.includes(option.value) && found(option).includes(needle)))
  const add = (value: string) => {
    if (!values.includes(value)) onValues([...values, value])
    setQuery('')
  }
  const choose = (option: Choice) => {
    if (!option.disabled) add(option.value)
  }
  const takeText = () => {
    const typed = query.trim() === '' ? null : (fromText?.(query) ?? null)
    if (typed !== null) add(typed)
  }
  const labelOf = (value: string) => options.find((option) => option.value === value)?.label ?? value
  return (
    <FieldFrame {...text} fallbackName={fallbackName ?? placeholder} {...(name ? { name } : {})}>
      {(aria) => (
        <div className="im-chips-box" data-disabled={disabled || undefined}>
          <Chips
            values={values}
            labelOf={labelOf}
            disabled={disabled}
            onRemove={(value) => onValues(values.filter((one) => one !== value))}
          />
          <input
            {...aria}
            {...box.input}
            disabled={disabled}
            aria-busy={pending || undefined}
            autoComplete="off"
            placeholder={values.length === 0 ? placeholder : ''}
            value={query}
            onClick={() => box.setOpen(true)}
            onBlur={() => {
              takeText()
              box.setOpen(false)
            }}
            onChange={(event) => {
              setQuery(event.target.value)
              box.setOpen(true)
              box.setActive(0)
            }}
            onKeyDown={(event) => {
              if (box.onKey(event, choose)) return
              if (event.key === 'Enter') {
                event.preventDefault()
                takeText()
              }
              if (event.key === 'Backspace' && query === '' && values.length > 0) onValues(values.slice(0, -1))
            }}
          />
          <OptionList
            box={box}
            keyOf={(option) => option.value}
            isDisabled={(option) => option.disabled === true}
            onChoose={choose}
          >
            {(option) =>
              option.description ? (
                <>
                  {option.label} <small>{option.description}</small>
                </>
              ) : (
                option.label
              )
            }
          </OptionList>
        </div>
      )}
    </FieldFrame>
  )
}
