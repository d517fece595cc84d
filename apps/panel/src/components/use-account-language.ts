import { me } from '@imperal/contract'
import { useEffect } from 'react'
import { api } from '../data/api.ts'
import { LANGUAGE } from '../i18n/index.ts'
import { languageOf, speak } from '../i18n/language.ts'

/** Speaks the language of the account on a device that has not been told, or was told another one. */
export function useAccountLanguage(isKnown: boolean): void {
  useEffect(() => {
    if (!isKnown) return
    // Words are no reason to fail: without an answer the browser's language stays.
    void api.send(me.settings).then(
      ({ settings }) => {
        const wanted = languageOf(typeof settings.language === 'string' ? settings.language : null)
        if (wanted !== null && wanted !== LANGUAGE) speak(wanted)
      },
      () => undefined,
    )
  }, [isKnown])
}
