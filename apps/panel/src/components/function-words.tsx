import { Badge } from '@imperal/ui-kit'
import { kindWord } from '../i18n/words.ts'

/** `create_note` reads "Create note". */
export function humanFunction(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const TONES = { read: 'neutral', write: 'primary', destructive: 'danger' } as const

/** Whether a function reads, writes or destroys. */
export function KindBadge({ kind }: { readonly kind: keyof typeof TONES }) {
  return (
    <Badge tone={TONES[kind]} size="sm">
      {kindWord(kind)}
    </Badge>
  )
}
