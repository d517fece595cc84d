import { lazy, Suspense, useRef, useState } from 'react'
import { useField } from '../forms/use-field.ts'
import { dayProblem } from '../forms/validate.ts'
import { useTree } from '../host/context.ts'
import { useDeclared } from '../host/use-declared.ts'
import { IconButton } from '../parts/button.tsx'
import { FieldFrame } from '../parts/fields.tsx'
import { Popover } from '../parts/popover.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

const Calendar = lazy(async () => ({ default: (await import('../parts/calendar.tsx')).Calendar }))

/**
 * A day, written in the way of the reader's place and kept as YYYY-MM-DD. With a mouse a calendar opens beside it;
 * where fingers are, the system's own picker does.
 */
export function DatePickerView({ node, props }: ViewProps<'DatePicker'>) {
  const field = useField(node, {
    name: props.param_name,
    declared: props.value,
    error: props.error,
    action: props.on_change,
  })
  const value = String(field.value)
  const problem = value === '' ? '' : dayProblem(value, props.min, props.max)
  const disabled = props.disabled || field.act.pending
  const [committed, setCommitted] = useDeclared(props.value, node.resetToken)
  // While somebody types, every digit makes a day: only the one that stands in the end counts.
  const typing = useRef(false)
  const commit = (day: string) => {
    typing.current = false
    const fits = day === '' || dayProblem(day, props.min, props.max) === ''
    if (!fits) return field.set(day)
    if (day === committed && day === value) return
    setCommitted(day)
    void field.commit(day)
  }
  return (
    <FieldFrame
      label={props.label}
      description={props.description}
      error={field.error || problem}
      required={props.required}
      fallbackName={props.param_name}
      name={props.param_name}
    >
      {(aria) => (
        <div className="im-input-box im-date">
          <input
            {...aria}
            type="date"
            className="im-input"
            name={props.param_name}
            required={props.required}
            disabled={disabled}
            min={props.min || undefined}
            max={props.max || undefined}
            value={value}
            onKeyDown={({ key }) => {
              typing.current = key !== 'Enter'
              if (key === 'Enter') commit(value)
            }}
            onBlur={() => commit(value)}
            onChange={({ target }) => (typing.current ? field.set(target.value) : commit(target.value))}
          />
          <CalendarButton
            label={props.label || props.param_name}
            day={value}
            min={props.min}
            max={props.max}
            disabled={disabled}
            onDay={commit}
          />
        </div>
      )}
    </FieldFrame>
  )
}

interface CalendarButtonProps {
  readonly label: string
  readonly day: string
  readonly min: string
  readonly max: string
  readonly disabled: boolean
  readonly onDay: (day: string) => void
}

function CalendarButton({ label, day, min, max, disabled, onDay }: CalendarButtonProps) {
  const { host } = useTree()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      label={label}
      open={open}
      onOpenChange={setOpen}
      container={host.overlayContainer}
      trigger={
        <IconButton
          className="im-date-open"
          icon="Calendar"
          label={say('Choose {label} in a calendar', { label })}
          disabled={disabled}
        />
      }
    >
      <Suspense fallback={<div aria-busy className="im-lazy im-calendar-space" />}>
        <Calendar
          day={day}
          min={min}
          max={max}
          onDay={(next) => {
            onDay(next)
            setOpen(false)
          }}
        />
      </Suspense>
    </Popover>
  )
}
