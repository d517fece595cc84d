import { useEffect, useRef, useState } from 'react'
import { useField } from '../forms/use-field.ts'
import { useAct } from '../host/use-act.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { cleanHtml } from '../parts/clean-html.ts'
import { FieldFrame } from '../parts/fields.tsx'
import { InlineError } from '../parts/states.tsx'
import type { ViewProps } from '../tree/view.ts'

interface Tool {
  readonly name: string
  readonly text: string
  readonly command: string
  readonly value?: string
  /** Asks the browser whether it is on at the cursor. */
  readonly state?: string
}

const TOOLS: readonly Tool[] = [
  { name: 'Bold', text: 'B', command: 'bold', state: 'bold' },
  { name: 'Italic', text: 'I', command: 'italic', state: 'italic' },
  { name: 'Heading 1', text: 'H1', command: 'formatBlock', value: 'h1' },
  { name: 'Heading 2', text: 'H2', command: 'formatBlock', value: 'h2' },
  { name: 'Heading 3', text: 'H3', command: 'formatBlock', value: 'h3' },
  { name: 'Bullet list', text: '•', command: 'insertUnorderedList', state: 'insertUnorderedList' },
  { name: 'Numbered list', text: '1.', command: 'insertOrderedList', state: 'insertOrderedList' },
  { name: 'Code', text: '</>', command: 'formatBlock', value: 'pre' },
  { name: 'Line', text: '—', command: 'insertHorizontalRule' },
]
/** Idle time before `on_change` fires, in milliseconds. */
const IDLE = 500

export function RichEditorView({ node, props }: ViewProps<'RichEditor'>) {
  const field = useField(node, { name: props.param_name, declared: props.content, error: props.error })
  const saving = useAct(node.path)
  const editor = useRef<HTMLDivElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const written = useRef<string | null>(null)
  const [on, setOn] = useState<readonly string[]>([])
  const value = String(field.value)
  const html = () => (editor.current === null ? value : cleanHtml(editor.current.innerHTML, { inline: true }))

  // The element owns its markup while somebody types; it is written only when the value came from elsewhere.
  useEffect(() => {
    if (editor.current === null || written.current === value) return
    editor.current.innerHTML = cleanHtml(value, { inline: true })
    written.current = value
  }, [value])

  const flush = useRef<() => void>(() => undefined)
  flush.current = () => {
    if (timer.current === undefined) return
    clearTimeout(timer.current)
    timer.current = undefined
    if (props.on_change !== null) void field.act.run(props.on_change, { [props.param_name]: written.current ?? value })
  }
  useEffect(() => () => flush.current(), [])

  const changed = () => {
    const next = html()
    written.current = next
    field.set(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => flush.current(), IDLE)
  }
  const save = () => {
    if (props.on_save !== null) void saving.run(props.on_save, { [props.param_name]: html() })
  }
  const apply = (tool: Tool) => {
    editor.current?.focus()
    // Deprecated without a successor: browsers keep it for exactly this, with undo and selection handled.
    document.execCommand(tool.command, false, tool.value)
    changed()
  }
  const press = (event: React.KeyboardEvent) => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey) || props.on_save === null) return
    event.preventDefault()
    save()
  }
  const readState = () =>
    setOn(TOOLS.filter((tool) => tool.state && document.queryCommandState(tool.state)).map((tool) => tool.name))
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
      {({ id, ...aria }) => (
        <div className="im-editor">
          {props.toolbar ? (
            <div role="toolbar" aria-label="Formatting" aria-controls={id} className="im-editor-tools">
              {TOOLS.map((tool) => (
                <button
                  key={tool.name}
                  type="button"
                  title={tool.name}
                  aria-label={tool.name}
                  aria-pressed={tool.state ? on.includes(tool.name) : undefined}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => apply(tool)}
                >
                  {tool.text}
                </button>
              ))}
              {props.on_save === null ? null : (
                <button
                  type="button"
                  aria-label="Save"
                  title="Save"
                  disabled={saving.pending}
                  aria-busy={saving.pending || undefined}
                  onClick={save}
                >
                  <IconGlyph name="Save" size={14} />
                </button>
              )}
            </div>
          ) : null}
          {/* biome-ignore lint/a11y/useSemanticElements: a textarea cannot hold formatted text */}
          <div
            {...aria}
            id={id}
            ref={editor}
            role="textbox"
            tabIndex={0}
            aria-multiline
            contentEditable
            suppressContentEditableWarning
            data-placeholder={value === '' ? props.placeholder : undefined}
            className="im-editor-text im-markdown"
            onInput={changed}
            onBlur={() => flush.current()}
            onKeyDown={press}
            onKeyUp={readState}
            onMouseUp={readState}
          />
          {saving.error ? <InlineError>{saving.error.message}</InlineError> : null}
        </div>
      )}
    </FieldFrame>
  )
}
