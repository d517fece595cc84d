import { IconGlyph } from '@imperal/ui-kit'
import { go } from '../data/navigation.ts'
import { useStore } from '../data/store.ts'
import { type PhoneView, phoneView } from '../data/view.ts'
import { workspace } from '../data/workspace/workspace.ts'
import type { Place } from './use-place.ts'

const ENTRIES: readonly { readonly view: PhoneView; readonly label: string; readonly icon: string }[] = [
  { view: 'apps', label: 'Apps', icon: 'LayoutGrid' },
  { view: 'panel', label: 'Panel', icon: 'PanelLeft' },
  { view: 'chat', label: 'Chat', icon: 'MessageSquareText' },
]

/** The three views of a phone. */
export function BottomBar({ place }: { readonly place: Place }) {
  const view = useStore(phoneView)
  const current = useStore(workspace, (all) => all.current)
  const isPage = place.kind === 'page'
  const show = (next: PhoneView) => {
    phoneView.set(next)
    if (isPage && next !== 'apps') go(current === null ? '/' : `/ext/${current}`)
  }
  return (
    <nav className="bottom-bar" aria-label="Views">
      {ENTRIES.map((entry) => (
        <button
          key={entry.view}
          type="button"
          aria-current={(!isPage || view === 'apps') && view === entry.view ? 'page' : undefined}
          disabled={entry.view === 'panel' && current === null}
          onClick={() => show(entry.view)}
        >
          <IconGlyph name={entry.icon} size={20} />
          {entry.label}
        </button>
      ))}
    </nav>
  )
}
