import { type ComponentPropsWithRef, type ReactNode, useId } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { say } from '../words.ts'
import { classes } from './class-names.ts'
import { Switch } from './switch.tsx'

export interface FieldText {
  readonly label?: string | undefined
  readonly description?: string | undefined
  readonly error?: string | undefined
  readonly required?: boolean | undefined
}

/** What a control must carry so that its label, help and error belong to it. */
export interface ControlProps {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
  readonly 'aria-label': string | undefined
  readonly 'aria-labelledby': string | undefined
}

export interface FieldFrameProps extends FieldText {
  /** The name when there is no label. */
  readonly fallbackName?: string
  /** The control cannot be the target of a label element; it is named by `aria-labelledby`. */
  readonly group?: boolean
  /** `param_name` of the control: lets a form find it. */
  readonly name?: string
  readonly children: (control: ControlProps) => ReactNode
}

/** Label above, control, then help or error; ids are generated. */
export function FieldFrame({
  label,
  description,
  error,
  required,
  fallbackName,
  group = false,
  name,
  children,
}: FieldFrameProps) {
  const id = useId()
  const ids = [error ? `${id}-error` : null, description && !error ? `${id}-help` : null].filter((one) => one !== null)
  const control: ControlProps = {
    id,
    'aria-describedby': ids.length > 0 ? ids.join(' ') : undefined,
    'aria-invalid': error ? true : undefined,
    'aria-label': label ? undefined : fallbackName,
    'aria-labelledby': label && group ? `${id}-label` : undefined,
  }
  const text = (
    <>
      {label}
      {required ? <span className="im-required"> *</span> : null}
    </>
  )
  return (
    <div className={classes('im-field', error && 'im-invalid')} data-field={name}>
      {label ? (
        group ? (
          <span className="im-label" id={`${id}-label`}>
            {text}
          </span>
        ) : (
          <label className="im-label" htmlFor={id}>
            {text}
          </label>
        )
      ) : null}
      {children(control)}
      <FieldNotes id={id} description={description} error={error} />
    </div>
  )
}

function FieldNotes({
  id,
  description,
  error,
}: {
  readonly id: string
  readonly description?: string | undefined
  readonly error?: string | undefined
}) {
  if (error) {
    return (
      <p className="im-field-error" id={`${id}-error`} role="alert">
        <IconGlyph name="CircleAlert" size={14} />
        <span>{error}</span>
      </p>
    )
  }
  return description ? (
    <p className="im-help" id={`${id}-help`}>
      {description}
    </p>
  ) : null
}

type TextProps = FieldText &
  Omit<ComponentPropsWithRef<'input'>, 'onChange' | 'value' | 'required'> & {
    readonly value: string
    readonly onValue: (value: string) => void
    readonly unit?: string
  }

/** One line of text with its label. */
export function TextField({ label, description, error, required, value, onValue, unit, ...native }: TextProps) {
  return (
    <FieldFrame
      label={label}
      description={description}
      error={error}
      required={required}
      fallbackName={native.placeholder ?? native.name ?? ''}
      {...(native.name ? { name: native.name } : {})}
    >
      {(control) => (
        <div className="im-input-box">
          <input
            {...native}
            {...control}
            className="im-input"
            required={required}
            value={value}
            onChange={(event) => onValue(event.target.value)}
          />
          {unit ? <span className="im-unit">{unit}</span> : null}
        </div>
      )}
    </FieldFrame>
  )
}

type AreaProps = FieldText &
  Omit<ComponentPropsWithRef<'textarea'>, 'onChange' | 'value' | 'required'> & {
    readonly value: string
    readonly onValue: (value: string) => void
  }

/** Several lines of text with their label. */
export function TextAreaField({ label, description, error, required, value, onValue, ...native }: AreaProps) {
  return (
    <FieldFrame
      label={label}
      description={description}
      error={error}
      required={required}
      fallbackName={native.placeholder ?? ''}
      {...(native.name ? { name: native.name } : {})}
    >
      {(control) => (
        <textarea
          {...native}
          {...control}
          className="im-input im-area"
          required={required}
          value={value}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </FieldFrame>
  )
}

export interface Choice {
  readonly value: string
  readonly label: string
  readonly disabled?: boolean
  readonly description?: string
}

type SelectProps = FieldText & {
  readonly options: readonly Choice[]
  readonly value: string
  readonly onValue: (value: string) => void
  readonly placeholder?: string
  readonly disabled?: boolean
  /** A call of it runs; it can be changed on, and the last choice wins. */
  readonly pending?: boolean
  readonly name?: string
  readonly fallbackName?: string
}

/** One of several choices, as the platform's own list. A value that is no choice is shown and cannot be chosen again. */
export function SelectField({
  options,
  value,
  onValue,
  placeholder = say('Select…'),
  disabled,
  pending,
  name,
  fallbackName,
  ...text
}: SelectProps) {
  const known = value === '' || options.some((option) => option.value === value)
  const empty = options.length === 0
  return (
    <FieldFrame {...text} fallbackName={fallbackName ?? placeholder} {...(name ? { name } : {})}>
      {(control) => (
        <div className="im-select-box">
          <select
            {...control}
            className="im-input im-select"
            name={name}
            required={text.required}
            disabled={disabled || empty}
            aria-busy={pending || undefined}
            value={value}
            data-empty={value === '' || undefined}
            onChange={(event) => onValue(event.target.value)}
          >
            {options.some((option) => option.value === '') ? null : (
              <option value="" disabled={text.required ?? false}>
                {empty ? say('No options') : placeholder}
              </option>
            )}
            {known ? null : (
              <option value={value} disabled>
                {value}
              </option>
            )}
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.disabled}>
                {option.label}
              </option>
            ))}
          </select>
          <IconGlyph name="ChevronsUpDown" size={14} />
        </div>
      )}
    </FieldFrame>
  )
}

type BooleanProps = FieldText & {
  readonly checked: boolean
  readonly onChecked: (checked: boolean) => void
  readonly disabled?: boolean
  readonly name?: string
  readonly fallbackName?: string
}

/** A yes or no that is part of a form. */
export function CheckboxField({
  label,
  description,
  error,
  required,
  checked,
  onChecked,
  disabled,
  name,
  fallbackName,
}: BooleanProps) {
  const id = useId()
  const notes = error ? `${id}-error` : description ? `${id}-help` : undefined
  return (
    <div className={classes('im-field im-check-field', error && 'im-invalid')} data-field={name}>
      <div className="im-check-row">
        <Check
          id={id}
          checked={checked}
          onChecked={onChecked}
          disabled={disabled ?? false}
          label={label ? undefined : fallbackName}
          describedBy={notes}
          required={required ?? false}
        />
        {label ? (
          <label htmlFor={id}>
            {label}
            {required ? <span className="im-required"> *</span> : null}
          </label>
        ) : null}
      </div>
      <FieldNotes id={id} description={description} error={error} />
    </div>
  )
}

interface CheckProps {
  readonly checked: boolean | 'indeterminate'
  readonly onChecked: (checked: boolean) => void
  readonly label?: string | undefined
  readonly id?: string
  readonly disabled?: boolean
  readonly required?: boolean
  readonly describedBy?: string | undefined
  readonly onClick?: (event: React.MouseEvent) => void
}

/** The box alone, for rows and toolbars. */
export function Check({ checked, onChecked, label, id, disabled, required, describedBy, onClick }: CheckProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a native box cannot be drawn half checked by its own state
    <button
      type="button"
      role="checkbox"
      id={id}
      className="im-check"
      aria-checked={checked === 'indeterminate' ? 'mixed' : checked}
      data-state={checked === 'indeterminate' ? checked : checked ? 'checked' : 'unchecked'}
      disabled={disabled ?? false}
      aria-required={required || undefined}
      aria-label={label}
      aria-describedby={describedBy}
      // A box takes the space bar; Enter is the form's.
      onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented) onChecked(checked !== true)
      }}
    >
      {checked === false ? null : (
        <span className="im-check-mark">
          <IconGlyph name={checked === 'indeterminate' ? 'Minus' : 'Check'} size={12} />
        </span>
      )}
    </button>
  )
}

/** A setting that applies at once: label at the start, switch at the end. */
export function SwitchField({
  label,
  description,
  error,
  checked,
  onChecked,
  disabled,
  name,
  fallbackName,
  pending,
}: BooleanProps & { readonly pending?: boolean }) {
  const id = useId()
  const notes = error ? `${id}-error` : description ? `${id}-help` : undefined
  return (
    <div className="im-field" data-field={name}>
      <div className="im-switch-row">
        <div>
          {label ? <label htmlFor={id}>{label}</label> : null}
          <FieldNotes id={id} description={description} error={error} />
        </div>
        <Switch
          id={id}
          checked={checked}
          disabled={disabled ?? false}
          aria-label={label ? undefined : fallbackName}
          aria-busy={pending || undefined}
          aria-describedby={notes}
          onChecked={onChecked}
        />
      </div>
    </div>
  )
}

type RadioProps = SelectProps & { readonly orientation?: 'vertical' | 'horizontal' }

/** One of a few choices, all visible; native radios, so arrows and forms work. */
export function RadioField({
  options,
  value,
  onValue,
  orientation = 'vertical',
  disabled,
  pending,
  name,
  fallbackName,
  ...text
}: RadioProps) {
  const group = useId()
  return (
    <FieldFrame {...text} group fallbackName={fallbackName ?? ''} {...(name ? { name } : {})}>
      {({ id, ...control }) => (
        <div
          id={id}
          role="radiogroup"
          className={classes('im-radio-group', `im-${orientation}`)}
          aria-required={text.required}
          aria-busy={pending || undefined}
          {...control}
        >
          {options.map((option) => (
            <label key={option.value} className="im-radio">
              <input
                type="radio"
                name={group}
                value={option.value}
                checked={option.value === value}
                disabled={disabled || option.disabled}
                onChange={() => onValue(option.value)}
              />
              <span>
                {option.label}
                {option.description ? <small>{option.description}</small> : null}
              </span>
            </label>
          ))}
        </div>
      )}
    </FieldFrame>
  )
}
