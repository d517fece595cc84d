import { createStore } from './store.ts'

/** Which of the three views a phone shows. */
export type PhoneView = 'apps' | 'panel' | 'chat'
export const phoneView = createStore<PhoneView>('chat')

export const PHONE = '(max-width: 767px)'
const phone = window.matchMedia(PHONE)

/** Switches the view where only one fits; wider windows show everything anyway. */
export function revealPhoneView(view: PhoneView): void {
  if (phone.matches) phoneView.set(view)
}

/** Whether a phone's single column is in use. */
export const isPhone = (): boolean => phone.matches
