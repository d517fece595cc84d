import { useEffect, useRef } from 'react'
import { useField } from '../forms/use-field.ts'
import { useAct } from '../host/use-act.ts'
import { cleanHtml } from '../parts/clean-html.ts'
import { EditorText, type EditorTextHandle } from '../parts/editor/editor-text.tsx'
import { FieldFrame } from '../parts/fields.tsx'
import { InlineError } from '../parts/states.tsx'
import type { ViewProps } from '../tree/view.ts'

/** Idle time before `on_change` fires, in milliseconds. */
const IDLE = 500

export function RichEditorView({ node, props }: ViewProps<'RichEditor'>) {
  const field = useField(node, { name: props.param_name, declared: props.content, error: props.error })
  const saving = useAct(node.path)
  const editor = useRef<EditorTextHandle>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const value = String(field.value)
  const html = () => editor.current?.html() ?? value

  const flush = useRef<() => void>(() => undefined)
  flush.current = () => {
    if (timer.current === undefined) return
    clearTimeout(timer.current)
    timer.current = undefined
    if (props.on_change !== null) void field.act.run(props.on_change, { [props.param_name]: html() })
  }
  useEffect(() => () => flush.current(), [])

  const changed = (next: string) => {
    field.set(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => flush.current(), IDLE)
  }
  const save = () => void saving.run(props.on_save, { [props.param_name]: html() })
  return (
    <FieldFrame
      group
      label={props.label}
      description={props.description}
      error={field.error}
      required={props.required}
      fallbackName={props.placeholder || props.param_name}
      name={props.param_name}
    >
      {(control) => (
        <>
          <EditorText
            ref={editor}
            control={control}
            html={cleanHtml(value, { inline: true })}
            placeholder={props.placeholder}
            toolbar={props.toolbar}
            required={props.required}
            saving={saving.pending}
            onChange={changed}
            onBlur={() => flush.current()}
            onSave={props.on_save === null ? undefined : save}
          />
          {saving.error ? <InlineError>{saving.error.message}</InlineError> : null}
        </>
      )}
    </FieldFrame>
  )
}
