import { Badge } from '@imperal/ui-kit'
import { kindWord } from '../../i18n/words.ts'

const TONES = { read: 'neutral', write: 'primary', destructive: 'danger' } as const

/** Whether a function reads, writes or destroys. */
export function KindBadge({ kind }: { readonly kind: string }) {
  const tone = kind in TONES ? TONES[kind as keyof typeof TONES] : 'neutral'
  return <Badge tone={tone}>{kindWord(kind)}</Badge>
}
