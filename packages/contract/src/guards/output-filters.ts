import { normalizeMarkdown } from './normalize-markdown.ts'
import { enforceOsIdentity, type IdentityOptions } from './os-identity.ts'
import { enforceResponseStyle, type StyleOptions } from './response-style.ts'

/** What a person reads of what a model wrote: all filters, in their order (sdk.md 9.9, K1.8). */
export const filterOutput = (text: string, options: IdentityOptions & StyleOptions = {}): string =>
  normalizeMarkdown(enforceResponseStyle(enforceOsIdentity(text, options), options))
