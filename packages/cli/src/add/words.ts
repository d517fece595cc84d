import { CliFailure } from '../failure.ts'

const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? []

/** `Send mail`, `sendMail` and `send-mail` are `send_mail`. @throws CliFailure without a letter to begin with */
export function snakeCase(name: string): string {
  const snake = wordsOf(name).join('_')
  if (/^[a-z][a-z0-9_]{0,62}$/.test(snake)) return snake
  throw new CliFailure(`'${name}' is no name: it begins with a letter and has at most 63 letters, digits and _.`, {
    hint: 'Say what it does, for example send_mail.',
  })
}

/** `send_mail` is `sendMail`. */
export const camelCase = (name: string): string =>
  wordsOf(name)
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')

export const humanWords = (name: string): string => wordsOf(name).join(' ')

/** `send_mail` is `Send mail`. */
export function sentence(name: string): string {
  const words = humanWords(name)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** `orders/new` is `Orders-New`, as headers are written. */
export const headerCase = (name: string): string =>
  wordsOf(name)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-')
