import type { RemoteImages } from '@imperal/ui-kit'
import { createStore } from './store.ts'

const KEY = 'imperal.remote-images'
const CHOICES: readonly string[] = ['always', 'ask', 'never'] satisfies RemoteImages[]

function stored(): RemoteImages | undefined {
  const choice = localStorage.getItem(KEY) ?? ''
  return CHOICES.includes(choice) ? (choice as RemoteImages) : undefined // one of the list
}

/** Whether markup of apps may load pictures from elsewhere (ui 4.11.6); undefined asks in mail. */
export const remoteImages = createStore(stored())

/** Changes it at once and for the next visits of this browser. */
export function chooseRemoteImages(next: RemoteImages | undefined): void {
  if (next === undefined) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, next)
  remoteImages.set(next)
}
