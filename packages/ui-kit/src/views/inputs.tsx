import type { JsonValue } from '@imperal/contract'
import { useRef } from 'react'
import { useField } from '../forms/use-field.ts'
import { IconButton } from '../parts/button.tsx'
import { classes } from '../parts/class-names.ts'
import { CheckboxField, FieldFrame, RadioField, SwitchField } from '../parts/fields.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

export function InputView({ node, props }: ViewProps<'Input'>) {
  const field = useField<JsonValue>(node, { name: props.param_name, declared: props.value, error: props.error })
  const control = useRef<HTMLInputElement>(null)
  const { form, act } = field
  const secret = props.type === 'password'
  const text = field.value === null ? '' : String(field.value)
  const change = (next: string) => field.set(props.type === 'number' && form !== null ? numberValue(next) : next)
  const submit = async () => {
    const trimmed = text.trim()
    if (trimmed === '' || props.on_submit === null) return
    const payload = props.type === 'number' ? numberValue(trimmed) : trimmed
    const outcome = await act.run(props.on_submit, { [props.param_name]: payload })
    if (!outcome?.ok) return
    field.set('')
    control.current?.focus()
  }
  const press = (event: React.KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || form !== null) return
    event.preventDefault()
    void submit()
  }
  const sends = form === null && props.on_submit !== null
  return (
    <FieldFrame
      label={props.label}
      description={props.description}
      error={field.error}
      required={props.required}
      fallbackName={props.placeholder || props.param_name}
      name={props.param_name}
    >
      {(aria) => (
        <div className="im-input-box">
          <input
            {...aria}
            ref={control}
            className={classes('im-input', props.variant === 'ghost' && 'im-input-ghost')}
            type={props.type === 'number' ? 'text' : props.type}
            inputMode={props.type === 'number' ? 'decimal' : undefined}
            autoComplete={secret ? 'new-password' : undefined}
            spellCheck={secret ? false : undefined}
            name={props.param_name}
            placeholder={props.placeholder}
            required={props.required}
            disabled={props.disabled}
            readOnly={props.readonly || act.pending}
            aria-busy={act.pending || undefined}
            value={text}
            onChange={(event) => change(event.target.value)}
            onKeyDown={press}
          />
          {sends ? (
            <IconButton
              icon="CornerDownLeft"
              label={say('Send')}
              pending={act.pending}
              disabled={text.trim() === ''}
              onClick={() => void submit()}
            />
          ) : null}
        </div>
      )}
    </FieldFrame>
  )
}

/** A number when the text is one, null when it is empty, and otherwise the text, which validation refuses. */
function numberValue(text: string): JsonValue {
  if (text.trim() === '') return null
  const number = Number(text)
  // "1." and "-" are on the way to a number and must not jump while somebody types.
  return Number.isFinite(number) && String(number) === text.trim()
    ? number
    : Number.isFinite(number) && !/[.]0*$|e$/i.test(text)
      ? number
      : text
}

export function TextAreaView({ node, props }: ViewProps<'TextArea'>) {
  const field = useField(node, { name: props.param_name, declared: props.value, error: props.error })
  const { form, act } = field
  const press = (event: React.KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    if (props.on_submit !== null) void act.run(props.on_submit, { [props.param_name]: field.value })
    else form?.submit()
  }
  return (
    <FieldFrame
      label={props.label}
      description={props.description}
      error={field.error}
      required={props.required}
      fallbackName={props.placeholder || props.param_name}
      name={props.param_name}
    >
      {(aria) => (
        <textarea
          {...aria}
          className="im-input im-area"
          name={props.param_name}
          placeholder={props.placeholder}
          required={props.required}
          disabled={props.disabled}
          readOnly={props.readonly || act.pending}
          aria-busy={act.pending || undefined}
          rows={Math.max(2, props.rows)}
          value={field.value}
          onChange={(event) => field.set(event.target.value)}
          onKeyDown={press}
        />
      )}
    </FieldFrame>
  )
}

export function ToggleView({ node, props }: ViewProps<'Toggle'>) {
  const field = useField(node, {
    name: props.param_name,
    declared: props.value,
    action: props.on_change,
    optimistic: true,
  })
  return (
    <SwitchField
      label={props.label}
      description={props.description}
      error={field.error}
      checked={isTrue(field.value)}
      disabled={props.disabled || field.act.pending}
      pending={field.act.pending}
      name={props.param_name}
      fallbackName={props.param_name}
      onChecked={(checked) => void field.commit(checked)}
    />
  )
}

export function CheckboxView({ node, props }: ViewProps<'Checkbox'>) {
  const field = useField(node, {
    name: props.param_name,
    declared: props.value,
    error: props.error,
    action: props.on_change,
    optimistic: true,
  })
  return (
    <CheckboxField
      label={props.label}
      description={props.description}
      error={field.error}
      required={props.required}
      checked={isTrue(field.value)}
      disabled={props.disabled || field.act.pending}
      name={props.param_name}
      fallbackName={props.param_name}
      onChecked={(checked) => void field.commit(checked)}
    />
  )
}

function isTrue(value: JsonValue): boolean {
  return value === true || value === 'true' || value === '1' || value === 1
}

export function RadioGroupView({ node, props }: ViewProps<'RadioGroup'>) {
  const field = useField(node, {
    name: props.param_name,
    declared: props.value,
    error: props.error,
    action: props.on_change,
  })
  return (
    <RadioField
      options={props.options}
      value={field.value}
      orientation={props.orientation}
      label={props.label}
      description={props.description}
      error={field.error}
      required={props.required}
      disabled={props.disabled}
      pending={field.act.pending}
      name={props.param_name}
      fallbackName={props.param_name}
      onValue={(value) => void field.commit(value)}
    />
  )
}

/** Keys that move a slider. */
const MOVES = /^(Arrow|Page|Home$|End$)/

export function SliderView({ node, props }: ViewProps<'Slider'>) {
  const field = useField(node, { name: props.param_name, declared: props.value, action: props.on_change })
  const { min, max, step } = props
  return (
    <FieldFrame label={props.label} error={field.error} fallbackName={props.param_name} name={props.param_name}>
      {(aria) => (
        <div className="im-slider">
          <input
            {...aria}
            type="range"
            min={min}
            max={Math.max(min, max)}
            step={step > 0 ? step : 1}
            disabled={props.disabled}
            aria-busy={field.act.pending || undefined}
            value={Number(field.value)}
            onChange={(event) => field.set(Number(event.target.value))}
            onPointerUp={(event) => void field.commit(Number(event.currentTarget.value))}
            onKeyUp={({ key, currentTarget }) => MOVES.test(key) && void field.commit(Number(currentTarget.value))}
          />
          <output htmlFor={aria.id}>{Number(field.value)}</output>
        </div>
      )}
    </FieldFrame>
  )
}
