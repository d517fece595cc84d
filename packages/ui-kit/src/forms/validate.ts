import type { JsonValue } from '@imperal/contract'
import type { UiFormField } from '@imperal/contract/ui'
import { say } from '../words.ts'
import { tagProblem } from './pattern.ts'

/** What is wrong with the values of a form, by `param_name`; an empty object lets it be sent (ui 4.6). */
export function validateForm(
  fields: readonly UiFormField[],
  values: Readonly<Record<string, JsonValue>>,
): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const field of fields) {
    const problem = problemOf(field, values[field.name] ?? null)
    if (problem !== '' && errors[field.name] === undefined) errors[field.name] = problem
  }
  return errors
}

function problemOf({ node, kind }: UiFormField, value: JsonValue): string {
  const { props } = node
  if (props.required === true && isBlank(value))
    return kind === 'boolean' ? say('Tick this to go on.') : say('This is needed.')
  if (isBlank(value)) return ''
  if (props.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(value)))
    return say('Write a full address, such as name@example.com.')
  if (props.type === 'url' && !isWebAddress(String(value)))
    return say('Write a full address, such as https://example.com.')
  if (props.type === 'number' && typeof value !== 'number') return say('Write a number.')
  if (node.type === 'DatePicker') return dayProblem(String(value), String(props.min ?? ''), String(props.max ?? ''))
  if (node.type === 'TagInput' && Array.isArray(value)) {
    return (
      value
        .map((tag) => tagProblem(String(tag), String(props.validate ?? ''), String(props.validate_message ?? '')))
        .find((one) => one !== '') ?? ''
    )
  }
  return ''
}

function isBlank(value: JsonValue): boolean {
  return (
    value === null ||
    value === false ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.length === 0)
  )
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** Why a day is refused, or an empty string. */
export function dayProblem(day: string, min: string, max: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) return say('Write a day as YYYY-MM-DD.')
  if (min !== '' && day < min) return say('The first day is {min}.', { min })
  return max !== '' && day > max ? say('The last day is {max}.', { max }) : ''
}
