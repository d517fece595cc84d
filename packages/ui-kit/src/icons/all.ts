import type { LucideIcon } from 'lucide-react'
import * as lucide from 'lucide-react'

const NOT_ICONS = new Set(['Icon', 'createLucideIcon', 'icons', 'default', 'LucideProvider', 'useLucideContext'])

/** Every Lucide icon by its name or one of its earlier names; in a chunk of its own. */
export function findIcon(name: string): LucideIcon | null {
  if (NOT_ICONS.has(name) || !/^[A-Z]/.test(name) || !Object.hasOwn(lucide, name)) return null
  return (lucide as unknown as Record<string, LucideIcon>)[name] ?? null // exports that begin with a capital are icons but for the list above
}
