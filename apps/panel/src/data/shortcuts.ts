/** Keys of a shortcut. `mod` is Control, on a Mac Command. */
export interface Shortcut {
  readonly mod: boolean
  readonly alt: boolean
  readonly shift: boolean
  readonly key: string
}

const MODIFIERS: Readonly<Record<string, 'mod' | 'alt' | 'shift'>> = {
  mod: 'mod',
  ctrl: 'mod',
  control: 'mod',
  cmd: 'mod',
  command: 'mod',
  meta: 'mod',
  alt: 'alt',
  option: 'alt',
  shift: 'shift',
}

/** What an author wrote, such as `Ctrl+Shift+L`; null when it names no key, or more than one. */
export function parseShortcut(text: string): Shortcut | null {
  const parts = text.split('+').map((part) => part.trim().toLowerCase())
  const keys = parts.filter((part) => !Object.hasOwn(MODIFIERS, part))
  const has = (name: string) => parts.some((part) => MODIFIERS[part] === name)
  const [key = ''] = keys
  if (keys.length !== 1 || !/^(?:.|f\d{1,2}|enter|escape|space|arrow(?:up|down|left|right))$/.test(key)) return null
  return { mod: has('mod'), alt: has('alt'), shift: has('shift'), key: key === 'space' ? ' ' : key }
}

/** Keys of the shell, of text fields and of browsers, which no app takes. */
const TAKEN = new Set(
  [
    ...['a', 'c', 'f', 'k', 'l', 'n', 'o', 'p', 'q', 'r', 's', 't', 'v', 'w', 'x', 'y', 'z', 'enter'].map((key) => ({
      key,
    })),
    ...['c', 'i', 'j', 'n', 'p', 'r', 't', 'v', 'w', 'z'].map((key) => ({ key, shift: true })),
  ].map(({ key, ...more }) => nameOf({ mod: true, alt: false, shift: false, ...more, key })),
)

/** The same for the same keys. */
export function nameOf({ mod, alt, shift, key }: Shortcut): string {
  return [mod ? 'mod' : '', alt ? 'alt' : '', shift ? 'shift' : '', key].filter((part) => part !== '').join('+')
}

/** A bare letter would take typing away, and function keys belong to browsers and to the shell. */
export const isFree = (shortcut: Shortcut): boolean => (shortcut.mod || shortcut.alt) && !TAKEN.has(nameOf(shortcut))

/** The keys that somebody pressed. */
export function pressedKeys(event: KeyboardEvent): Shortcut {
  return {
    mod: event.ctrlKey || event.metaKey,
    alt: event.altKey,
    shift: event.shiftKey,
    // With Shift or Option a letter may arrive as another sign; its place on the keyboard says which it was.
    key: /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : event.key.toLowerCase(),
  }
}

const isMac = (): boolean => /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** A shortcut as people of this computer write it: "Ctrl+Shift+U", on a Mac "⇧⌘U". */
export function writtenShortcut({ mod, alt, shift, key }: Shortcut, mac = isMac()): string {
  const name = key === ' ' ? 'Space' : capital(key)
  if (mac) return `${alt ? '⌥' : ''}${shift ? '⇧' : ''}${mod ? '⌘' : ''}${name}`
  return [mod ? 'Ctrl' : '', alt ? 'Alt' : '', shift ? 'Shift' : '', name].filter((part) => part !== '').join('+')
}
