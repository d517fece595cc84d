import { json, jsonParseLinter } from '@codemirror/lang-json'
import { HighlightStyle, syntaxHighlighting, syntaxTree } from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { Compartment, EditorState, StateEffect } from '@codemirror/state'
import { keymap } from '@codemirror/view'
import type { DocumentIssue } from '@imperal/contract'
import { tags } from '@lezer/highlight'
import { basicSetup, EditorView } from 'codemirror'
import { useEffect, useRef } from 'react'
import { placeOf } from './place-of.ts'

export interface JsonEditorProps {
  readonly label: string
  /** Text at the beginning; later changes are the person's. */
  readonly initial: string
  readonly issues: readonly DocumentIssue[]
  readonly onChange: (text: string) => void
  /** Ctrl+S or ⌘S. */
  readonly onSave: () => void
}

const LOOK = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface-0)', fontSize: 'var(--text-13)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.5' },
  '.cm-gutters': {
    color: 'var(--text-subtle)',
    backgroundColor: 'var(--surface-1)',
    borderColor: 'var(--border-subtle)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--surface-1)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--surface-3)',
  },
  '.cm-tooltip': { color: 'var(--text)', backgroundColor: 'var(--surface-0)', border: '1px solid var(--border)' },
  '.cm-panels': { color: 'var(--text)', backgroundColor: 'var(--surface-1)' },
})

// The colours of the interface, so that both themes can be read.
const COLORS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--success)' },
  { tag: tags.number, color: 'var(--info)' },
  { tag: [tags.bool, tags.null], color: 'var(--warning)' },
])

/** Findings have come: they are later than the text that they are about. */
const FOUND = StateEffect.define<null>()

const parseLinter = jsonParseLinter()

function findings(view: EditorView, issues: readonly DocumentIssue[]): Diagnostic[] {
  const broken = parseLinter(view)
  if (broken.length > 0) return broken
  const root = syntaxTree(view.state).topNode
  const read = (node: { from: number; to: number }) => view.state.sliceDoc(node.from, node.to)
  return issues.map((issue) => ({
    ...placeOf(root, issue.path ?? '', read),
    severity: issue.level === 'ERROR' ? 'error' : 'warning',
    message: [issue.message, issue.fix].filter(Boolean).join('\n'),
    source: issue.rule,
  }))
}

/** The text of a document, with findings where they lie. Loaded when the page opens. */
export function JsonEditor({ label, initial, issues, onChange, onSave }: JsonEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const current = useRef({ issues, onChange, onSave })
  current.current = { issues, onChange, onSave }
  const first = useRef({ initial, label })
  useEffect(() => {
    if (place.current === null) return
    const words = new Compartment()
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current.initial,
        extensions: [
          basicSetup,
          json(),
          LOOK,
          syntaxHighlighting(COLORS),
          lintGutter(),
          linter((shown) => findings(shown, current.current.issues), {
            delay: 200,
            needsRefresh: ({ transactions }) =>
              transactions.some(({ effects }) => effects.some((one) => one.is(FOUND))),
          }),
          words.of(EditorView.contentAttributes.of({ 'aria-label': first.current.label })),
          keymap.of([
            {
              key: 'Mod-s',
              preventDefault: true,
              run: () => {
                current.current.onSave()
                return true
              },
            },
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) current.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = editor
    return () => {
      view.current = null
      editor.destroy()
    }
  }, [])
  useEffect(() => {
    if (issues.length >= 0) view.current?.dispatch({ effects: FOUND.of(null) })
  }, [issues])
  return <div className="pg-editor" ref={place} />
}
