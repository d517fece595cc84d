import type { UiHost } from '@imperal/ui-kit'
import { useMemo } from 'react'
import type { App } from '../../data/apps.ts'
import { go } from '../../data/navigation.ts'
import { remoteImages } from '../../data/remote-images.ts'
import { mayMove } from '../../data/self-moves.ts'
import { useStore } from '../../data/store.ts'
import { toastOfApp } from '../../data/toasts.ts'
import { runAction } from '../../data/workspace/run-action.ts'

/** Public files of the platform that trees may show as pictures. */
const PUBLIC_PATHS = ['/v1/marketplace/apps/', '/v1/files/public/']

function openExternal(url: string): void {
  // Only a person opens tabs (ui 3.2).
  if (navigator.userActivation.isActive) window.open(url, '_blank', 'noopener,noreferrer')
}

/** What the trees of one app may ask of the shell. */
export function useUiHost(app: App): UiHost {
  const pictures = useStore(remoteImages)
  return useMemo(
    () => ({
      appId: app.appId,
      appName: app.name,
      publicPaths: PUBLIC_PATHS,
      development: import.meta.env.DEV,
      remoteImages: pictures,
      onAction: (action, payload, origin) => runAction(app, action, payload, origin),
      navigate: (path) => {
        if (mayMove(app)) go(path)
      },
      openExternal,
      toast: (toast) => toastOfApp(app, toast),
      report: (notes) => {
        for (const note of notes) console.warn(`${app.appId}: ${note.path || 'root'}: ${note.message}`)
      },
    }),
    [app, pictures],
  )
}
