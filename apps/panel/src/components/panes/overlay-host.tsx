import { useStore } from '../../data/store.ts'
import { type Overlay, overlay } from '../../data/workspace/overlay.ts'
import { UiTree } from '../lazy-parts.tsx'
import { useUiHost } from './use-ui-host.ts'

/** Where the overlays of apps are drawn: over the panes, under everything of the host. */
export function OverlayHost() {
  const shown = useStore(overlay)
  return shown ? <ShownOverlay key={shown.app.appId} shown={shown} /> : null
}

function ShownOverlay({ shown }: { readonly shown: Overlay }) {
  const host = useUiHost(shown.app)
  return <UiTree node={shown.tree} host={host} openKey={String(shown.opening)} />
}
