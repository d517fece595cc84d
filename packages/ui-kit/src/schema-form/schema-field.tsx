import { useState } from 'react'
import { Chips } from '../parts/chips.tsx'
import { CheckboxField, FieldFrame, RadioField, SelectField, TextAreaField, TextField } from '../parts/fields.tsx'
import { say } from '../words.ts'
import type { SchemaField } from './fields.ts'
import { type Drafts, fieldKey } from './values.ts'

/** Up to this many choices are all shown. */
const RADIO_CHOICES = 5

interface InputProps {
  readonly field: SchemaField
  readonly drafts: Drafts
  readonly errors: Readonly<Record<string, string>>
  readonly onDraft: (key: string, draft: string | boolean | readonly string[]) => void
}

const TYPES = { email: 'email', url: 'url', date: 'date', datetime: 'datetime-local', password: 'password' } as const

/** The first example that the schema gives. */
function example({ schema }: SchemaField): string {
  const [first] = Array.isArray(schema.examples) ? schema.examples : []
  return typeof first === 'string' || typeof first === 'number' ? String(first) : ''
}

/** The control for one property of the schema. */
export function SchemaInput({ field, drafts, errors, onDraft }: InputProps) {
  const key = fieldKey(field)
  const draft = drafts[key]
  const text = typeof draft === 'string' ? draft : ''
  const shared = {
    name: key,
    label: field.label,
    description: field.description,
    error: errors[key] ?? '',
    required: field.required,
  }
  const set = (value: string | boolean | readonly string[]) => onDraft(key, value)
  switch (field.kind) {
    case 'object':
      return (
        <fieldset className="im-fieldset">
          <legend>{field.label}</legend>
          {field.description ? <p className="im-help">{field.description}</p> : null}
          {field.children.map((child) => (
            <SchemaInput key={fieldKey(child)} field={child} drafts={drafts} errors={errors} onDraft={onDraft} />
          ))}
        </fieldset>
      )
    case 'boolean':
      return <CheckboxField {...shared} required={false} checked={draft === true} onChecked={set} />
    case 'choice':
      return field.choices.length <= RADIO_CHOICES && field.required ? (
        <RadioField {...shared} options={field.choices} value={text} onValue={set} />
      ) : (
        <SelectField {...shared} options={field.choices} value={text} onValue={set} />
      )
    case 'color':
      return <ColorField {...shared} placeholder={example(field)} value={text} onValue={set} />
    case 'strings':
      return (
        <StringList
          field={field}
          values={Array.isArray(draft) ? draft.map(String) : []}
          error={shared.error}
          onValues={set}
        />
      )
    case 'area':
      return <TextAreaField {...shared} rows={4} value={text} onValue={set} />
    case 'json':
      return <TextAreaField {...shared} rows={4} className="im-mono" placeholder="JSON" value={text} onValue={set} />
    case 'number':
    case 'integer':
      return (
        <TextField
          {...shared}
          placeholder={example(field)}
          inputMode={field.kind === 'integer' ? 'numeric' : 'decimal'}
          value={text}
          onValue={set}
        />
      )
    case 'password':
      return (
        <TextField
          {...shared}
          type="password"
          autoComplete="new-password"
          spellCheck={false}
          value={text}
          onValue={set}
        />
      )
    default:
      return (
        <TextField
          {...shared}
          placeholder={example(field)}
          type={field.kind === 'text' ? 'text' : TYPES[field.kind]}
          value={text}
          onValue={set}
        />
      )
  }
}

interface ColorProps {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly error: string
  readonly required: boolean
  readonly placeholder: string
  readonly value: string
  readonly onValue: (value: string) => void
}

const HEX = /^#[0-9a-fA-F]{6}$/

/** A colour as text, with the browser's own chooser beside it. */
function ColorField({ name, label, description, error, required, placeholder, value, onValue }: ColorProps) {
  return (
    <FieldFrame label={label} description={description} error={error} required={required} name={name}>
      {(aria) => (
        <div className="im-input-box im-color">
          <input
            {...aria}
            name={name}
            className="im-input"
            placeholder={placeholder || '#2453c4'}
            spellCheck={false}
            value={value}
            onChange={(event) => onValue(event.target.value)}
          />
          <input
            type="color"
            name={`${name}_picked`}
            aria-label={say('Choose: {label}', { label })}
            value={HEX.test(value) ? value : '#808080'}
            onChange={(event) => onValue(event.target.value)}
          />
        </div>
      )}
    </FieldFrame>
  )
}

interface StringListProps {
  readonly field: SchemaField
  readonly values: readonly string[]
  readonly error: string
  readonly onValues: (values: readonly string[]) => void
}

function StringList({ field, values, error, onValues }: StringListProps) {
  const [text, setText] = useState('')
  const add = () => {
    const value = text.trim()
    if (value !== '' && !values.includes(value)) onValues([...values, value])
    setText('')
  }
  return (
    <FieldFrame
      label={field.label}
      description={field.description}
      error={error}
      required={field.required}
      name={fieldKey(field)}
    >
      {(aria) => (
        <div className="im-chips-box">
          <Chips
            values={values}
            labelOf={(value) => value}
            disabled={false}
            onRemove={(value) => onValues(values.filter((one) => one !== value))}
          />
          <input
            {...aria}
            value={text}
            placeholder={values.length === 0 ? say('Add…') : ''}
            onChange={(event) => setText(event.target.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if ((event.key === 'Enter' || event.key === ',') && text.trim() !== '') {
                event.preventDefault()
                add()
              } else if (event.key === 'Backspace' && text === '') onValues(values.slice(0, -1))
            }}
          />
        </div>
      )}
    </FieldFrame>
  )
}
