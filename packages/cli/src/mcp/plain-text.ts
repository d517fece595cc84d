import { stripVTControlCharacters } from 'node:util'

/** Control characters, also those that turn text around or hide it: a terminal would obey them. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu

/** Words of somebody else's server as one line that a terminal only shows. */
export const plainText = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(CONTROL, ' ').replaceAll(/ {2,}/g, ' ').trim()
