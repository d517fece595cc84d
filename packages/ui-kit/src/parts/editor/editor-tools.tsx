import type { ChainedCommands, Editor } from '@tiptap/react'
import { Toolbar } from 'radix-ui'
import { IconGlyph } from '../../icons/icon-glyph.tsx'
import { type KitSentence, say } from '../../words.ts'
import { Spinner } from '../spinner.tsx'

interface Tool {
  readonly name: KitSentence
  readonly icon: string
  readonly run: (chain: ChainedCommands) => ChainedCommands
  /** Whether it is on at the cursor; undefined for what is inserted once. */
  readonly isOn?: (editor: Editor) => boolean
}

const heading = (level: 1 | 2 | 3): Tool => ({
  name: `Heading ${level}`,
  icon: `Heading${level}`,
  run: (chain) => chain.toggleHeading({ level }),
  isOn: (editor) => editor.isActive('heading', { level }),
})

const TOOLS: readonly Tool[] = [
  { name: 'Bold', icon: 'Bold', run: (chain) => chain.toggleBold(), isOn: (editor) => editor.isActive('bold') },
  { name: 'Italic', icon: 'Italic', run: (chain) => chain.toggleItalic(), isOn: (editor) => editor.isActive('italic') },
  heading(1),
  heading(2),
  heading(3),
  {
    name: 'Bullet list',
    icon: 'List',
    run: (chain) => chain.toggleBulletList(),
    isOn: (editor) => editor.isActive('bulletList'),
  },
  {
    name: 'Numbered list',
    icon: 'ListOrdered',
    run: (chain) => chain.toggleOrderedList(),
    isOn: (editor) => editor.isActive('orderedList'),
  },
  { name: 'Code', icon: 'Code', run: (chain) => chain.toggleCode(), isOn: (editor) => editor.isActive('code') },
  { name: 'Line', icon: 'Minus', run: (chain) => chain.setHorizontalRule() },
]

interface EditorToolsProps {
  readonly editor: Editor
  readonly textId: string
  readonly saving: boolean
  readonly onSave: (() => void) | undefined
}

/** The buttons above the text: one stop for Tab, arrows between them. */
export function EditorTools({ editor, textId, saving, onSave }: EditorToolsProps) {
  return (
    <Toolbar.Root aria-label={say('Formatting')} aria-controls={textId} className="im-editor-tools">
      {TOOLS.map((tool) => (
        <Toolbar.Button
          key={tool.name}
          title={say(tool.name)}
          aria-label={say(tool.name)}
          aria-pressed={tool.isOn?.(editor)}
          // The press must not take the selection out of the text.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => tool.run(editor.chain().focus()).run()}
        >
          <IconGlyph name={tool.icon} size={16} />
        </Toolbar.Button>
      ))}
      {onSave === undefined ? null : (
        <Toolbar.Button
          className="im-editor-save"
          aria-label={say('Save')}
          title={say('Save')}
          disabled={saving}
          aria-busy={saving || undefined}
          onClick={onSave}
        >
          {saving ? <Spinner size={14} /> : <IconGlyph name="Save" size={16} />}
        </Toolbar.Button>
      )}
    </Toolbar.Root>
  )
}
