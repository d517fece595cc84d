import type { JsonObject } from '@imperal/contract'
import type { App, AppFunction } from './apps.ts'
import { createStore } from './store.ts'

/** A function that is about to be run with a form. */
export interface ChosenFunction {
  readonly app: App
  readonly fn: AppFunction
  readonly initial: JsonObject
}

/** Whether the palette is open, and which function it was left with. */
export const palette = createStore<{ readonly open: boolean; readonly chosen: ChosenFunction | null }>({
  open: false,
  chosen: null,
})

/** What is typed in the palette, from before its code is there: a person who presses the keys and goes on typing loses nothing. */
export const paletteText = createStore('')

/** Whether Enter was pressed on what is typed before the code was there; the palette runs it when it comes. */
export const paletteEntered = createStore(false)

export const openPalette = (): void => {
  paletteEntered.set(false)
  if (!palette.get().open) paletteText.set('')
  palette.set({ open: true, chosen: null })
}
export const closePalette = (): void => palette.set({ open: false, chosen: null })
export const chooseFunction = (app: App, fn: AppFunction, initial: JsonObject = {}): void =>
  palette.set({ open: false, chosen: { app, fn, initial } })
