import { Placeholder } from '@tiptap/extension-placeholder'
import { EditorContent, useEditor } from '@tiptap/react'
import { StarterKit } from '@tiptap/starter-kit'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import type { ControlProps } from '../fields.tsx'
import { EditorTools } from './editor-tools.tsx'

export interface EditorTextHandle {
  /** What stands in the editor, as HTML of its own schema; empty when there is no text. */
  html(): string
}

export interface EditorTextProps {
  readonly ref?: Ref<EditorTextHandle>
  /** Id and names of the text box. */
  readonly control: ControlProps
  /** Cleaned HTML; the editor takes it over when it is not what it last told. */
  readonly html: string
  readonly placeholder: string
  readonly toolbar: boolean
  readonly required: boolean
  readonly saving: boolean
  readonly onChange: (html: string) => void
  readonly onBlur: () => void
  readonly onSave?: (() => void) | undefined
}

/** Formatted text, edited by Tiptap: what its schema does not know never gets in. */
export function EditorText(props: EditorTextProps) {
  const { ref, control, html, placeholder, toolbar, saving, onSave } = props
  const told = useRef(html)
  const latest = useRef(props)
  latest.current = props
  const editor = useEditor({
    // Rendered after mounting, so that a server can draw the frame around it.
    immediatelyRender: false,
    shouldRerenderOnTransaction: true,
    injectCSS: false,
    extensions: [
      StarterKit.configure({ heading: { levels: [1, 2, 3] }, link: { openOnClick: false, autolink: false } }),
      Placeholder.configure({ placeholder }),
    ],
    content: html,
    editorProps: {
      attributes: () => attributesOf(latest.current.control, latest.current.required),
      handleKeyDown: (_view, event) => {
        if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey)) return false
        event.preventDefault()
        latest.current.onSave?.()
        return true
      },
    },
    onUpdate: ({ editor: current }) => {
      told.current = current.isEmpty ? '' : current.getHTML()
      latest.current.onChange(told.current)
    },
    onBlur: () => latest.current.onBlur(),
  })
  useEffect(() => {
    if (editor === null || html === told.current) return
    told.current = html
    editor.commands.setContent(html, { emitUpdate: false })
  }, [editor, html])
  useImperativeHandle(ref, () => ({
    html: () => (editor === null ? latest.current.html : editor.isEmpty ? '' : editor.getHTML()),
  }))
  return (
    <div className="im-editor" aria-busy={editor === null || undefined}>
      {toolbar && editor !== null ? (
        <EditorTools editor={editor} textId={control.id} saving={saving} onSave={onSave} />
      ) : null}
      <EditorContent editor={editor} className="im-editor-text im-markdown" />
    </div>
  )
}

function attributesOf(control: ControlProps, required: boolean): Record<string, string> {
  const given = {
    ...control,
    role: 'textbox',
    'aria-multiline': 'true',
    'aria-required': required ? 'true' : undefined,
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}
